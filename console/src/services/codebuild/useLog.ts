import { take } from '../../api/ahead';
import { useLogStream, type LogPiece } from '../../components/useLogStream';
import { logPage, type LogPage } from './api';
import { logBeginning } from './readings';

/** Reads the log of a build to its end, and on while the build runs. */
export function useLog(group: string | undefined, stream: string | undefined, complete: boolean) {
  const read = async (token: string | undefined, signal: AbortSignal): Promise<LogPiece> => {
    const page = await (token ? logPage(group ?? '', stream ?? '', token, undefined, signal) : beginning(group ?? '', stream ?? '', signal));
    const events = page.events ?? [];
    // At once: the buffer keeps what it is given as one piece.
    const text = events.map(({ message }) => (message.endsWith('\n') ? message : `${message}\n`)).join('');
    return { text, token: page.nextForwardToken, atEnd: events.length === 0 };
  };
  return useLogStream(group && stream ? `${group} ${stream}` : undefined, read, !complete);
}

/** Few lines, so that they are there at once; perhaps they were asked for already. */
function beginning(group: string, stream: string, signal: AbortSignal): Promise<LogPage> {
  const reading = logBeginning(group, stream);
  return take<LogPage>(reading.key)?.answer ?? reading.load(signal);
}
