import type { LogPiece } from '../../components/useLogStream';
import { logPage } from './api';

/** Events of the first page: few, so that the first lines are there at once. */
const FIRST = 1000;

/** For `useLogStream`: each event as a line, behind its time where that is wanted. */
export function readStream(group: string, stream: string, times: boolean) {
  return async (token: string | undefined, signal: AbortSignal): Promise<LogPiece> => {
    const page = await logPage({ group, stream, token, signal, limit: token ? undefined : FIRST });
    const events = page.events ?? [];
    const lines = events.map(({ timestamp, message }) => {
      const text = message.endsWith('\n') ? message : `${message}\n`;
      return times ? `${new Date(timestamp).toISOString()} ${text}` : text;
    });
    return { text: lines.join(''), token: page.nextForwardToken, atEnd: events.length === 0 };
  };
}
