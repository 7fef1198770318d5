import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../../api/errors';
import { LogBuffer } from '../../components/LogBuffer';
import { logPage } from './api';

/** How often the log of a running build is asked for more, in milliseconds. */
const PAUSE = 1000;
/** How often while nobody looks at the page. */
const HIDDEN_PAUSE = 10_000;

interface LiveLog {
  log: LogBuffer;
  version: number;
  growing: boolean;
  error?: ApiError;
}

/** Reads a log to its end, and on while the build that writes it runs. */
export function useLog(group: string | undefined, stream: string | undefined, complete: boolean): LiveLog {
  const [state, setState] = useState<LiveLog>(() => ({ log: new LogBuffer(), version: 0, growing: true }));
  // Read by the loop, which a change of it must not begin anew.
  const isComplete = useRef(complete);
  isComplete.current = complete;

  useEffect(() => {
    if (!group || !stream) return;
    const control = new AbortController();
    const log = new LogBuffer();
    const tell = (growing: boolean, error?: ApiError) =>
      setState(({ version }) => ({ log, version: version + 1, growing, error }));
    const read = async () => {
      let token: string | undefined;
      while (!control.signal.aborted) {
        // Asked before: what is written until the build is complete must still be read.
        const was = isComplete.current;
        try {
          const page = await logPage(group, stream, token, control.signal);
          const events = page.events ?? [];
          // At once: the buffer keeps what it is given as one piece.
          if (events.length > 0) log.add(events.map(({ message }) => (message.endsWith('\n') ? message : `${message}\n`)).join(''));
          const atEnd = events.length === 0 && page.nextForwardToken === token;
          token = page.nextForwardToken;
          if (events.length > 0) tell(true);
          if (!atEnd) continue;
          if (was) return tell(false);
        } catch (failure) {
          if (control.signal.aborted) return;
          const error = failure instanceof ApiError ? failure : new ApiError(0, 'Failed', String(failure));
          // A build that is queued has no log yet; what is out of reach may come back.
          const waits = error.code === 'ResourceNotFoundException' ? !was : error.status === 0;
          tell(waits, waits && error.status !== 0 ? undefined : error);
          if (!waits) return;
        }
        await new Promise((done) => setTimeout(done, document.hidden ? HIDDEN_PAUSE : PAUSE));
      }
    };
    void read();
    return () => control.abort();
  }, [group, stream]);

  return state;
}
