import { useEffect, useRef, useState } from 'react';
import { onChange } from '../../api/changes';
import { ApiError } from '../../api/errors';

export type Each<T> = ReadonlyMap<string, { data?: T; error?: ApiError }>;

/**
 * Reads something of each of several things, and again of those that change: one that changes
 * costs one reading, not a reading of all.
 */
export function useEach<T>(
  names: string[],
  load: (name: string, signal: AbortSignal) => Promise<T>,
  concerns: (arn: string, name: string) => boolean,
): Each<T> {
  const [found, setFound] = useState<Each<T>>(new Map());
  const latest = useRef({ load, concerns });
  latest.current = { load, concerns };
  const key = names.join('\n');

  useEffect(() => {
    const all = key === '' ? [] : key.split('\n');
    const control = new AbortController();
    const reading = new Map<string, AbortController>();
    const read = (name: string) => {
      reading.get(name)?.abort();
      const mine = new AbortController();
      reading.set(name, mine);
      const signal = AbortSignal.any([control.signal, mine.signal]);
      const keep = (result: { data?: T; error?: ApiError }) => {
        if (!signal.aborted) setFound((known) => new Map(known).set(name, result));
      };
      latest.current.load(name, signal).then(
        (data) => keep({ data }),
        (error: unknown) => keep({ error: error instanceof ApiError ? error : new ApiError(0, 'Failed', String(error)) }),
      );
    };
    all.forEach(read);
    const stop = onChange((change) => all.filter((name) => !change || latest.current.concerns(change.arn, name)).forEach(read));
    return () => {
      stop();
      control.abort();
    };
  }, [key]);

  return found;
}
