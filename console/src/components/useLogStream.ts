import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/errors';
import { LogBuffer } from './LogBuffer';

/** A piece of a log. */
export interface LogPiece {
  /** Whole lines, each with its end. */
  text: string;
  /** Where the log goes on. */
  token: string | undefined;
  /** Whether there is nothing behind it yet. */
  atEnd: boolean;
}

export interface LogStream {
  log: LogBuffer;
  /** Rises whenever the log grew. */
  version: number;
  /** Whether it is still read, or may still grow. */
  growing: boolean;
  error?: ApiError;
}

/** How soon the end of a growing log is asked for more, in milliseconds, and how much later at most where nothing comes. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 8000;

/** Waits; beyond that, until somebody looks at the page. */
function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', end);
      clearTimeout(timer);
      done();
    };
    const timer = setTimeout(end, millis);
    document.addEventListener('visibilitychange', end);
    signal.addEventListener('abort', end);
  });
}

/**
 * Reads a log to its end, and on while it may grow.
 * @param key names the log: another key begins anew; nothing is read without one.
 * @param read answers what comes behind a token, from the beginning without one.
 * @param tail whether more may come when the end is reached.
 */
export function useLogStream(
  key: string | undefined,
  read: (token: string | undefined, signal: AbortSignal) => Promise<LogPiece>,
  tail: boolean,
): LogStream {
  const place = useRef<{ key?: string; token?: string; log: LogBuffer }>(undefined);
  place.current ??= { log: new LogBuffer() };
  const [state, setState] = useState<LogStream>(() => ({ log: place.current!.log, version: 0, growing: true }));
  const latest = useRef(read);
  latest.current = read;

  useEffect(() => {
    if (key === undefined) return;
    const control = new AbortController();
    const { signal } = control;
    // What was read stays where only `tail` changed.
    const at = place.current?.key === key ? place.current : { key, log: new LogBuffer() };
    place.current = at;
    const tell = (growing: boolean, error?: ApiError) =>
      setState(({ version }) => ({ log: at.log, version: version + 1, growing, error }));
    const run = async () => {
      let wait = FIRST_PAUSE;
      let ahead: Promise<LogPiece> | undefined;
      while (!signal.aborted) {
        try {
          const reading = ahead ?? latest.current(at.token, signal);
          ahead = undefined;
          const piece = await reading;
          if (signal.aborted) return;
          at.token = piece.token;
          if (!piece.atEnd) {
            // The yard reads the next one while this one is taken in and shown.
            ahead = latest.current(piece.token, signal);
            ahead.catch(() => undefined);
          }
          if (piece.text) {
            at.log.add(piece.text);
            wait = FIRST_PAUSE;
            tell(true);
          }
          if (!piece.atEnd) continue;
          if (!tail) return tell(false);
          // Also where nothing came: there is no error any more.
          if (!piece.text) tell(true);
        } catch (failure) {
          if (signal.aborted) return;
          const error = failure instanceof ApiError ? failure : new ApiError(0, 'Failed', String(failure));
          // What is to be written may not be there yet; what is out of reach may come back.
          const notYet = error.code === 'ResourceNotFoundException' && tail;
          tell(notYet || error.status === 0, notYet ? undefined : error);
          if (!notYet && error.status !== 0) return;
        }
        await pause(wait, signal);
        wait = Math.min(2 * wait, LONGEST_PAUSE);
      }
    };
    void run();
    return () => control.abort();
  }, [key, tail]);

  return state;
}
