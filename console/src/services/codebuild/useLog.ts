import { useLogStream, type LogPiece } from '../../components/useLogStream';
import { logPage } from './api';

/** Events of the first page: few, so that the first lines are there at once. */
const FIRST = 1000;

/** Reads the log of a build to its end, and on while the build runs. */
export function useLog(group: string | undefined, stream: string | undefined, complete: boolean) {
  const read = async (token: string | undefined, signal: AbortSignal): Promise<LogPiece> => {
    const page = await logPage(group ?? '', stream ?? '', token, token ? undefined : FIRST, signal);
    const events = page.events ?? [];
    // At once: the buffer keeps what it is given as one piece.
    const text = events.map(({ message }) => (message.endsWith('\n') ? message : `${message}\n`)).join('');
    return { text, token: page.nextForwardToken, atEnd: events.length === 0 };
  };
  return useLogStream(group && stream ? `${group} ${stream}` : undefined, read, !complete);
}
