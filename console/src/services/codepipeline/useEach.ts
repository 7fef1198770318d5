import { useEffect, useRef, useState } from 'react';
import { seen, take, type Begun, type Reading } from '../../api/ahead';
import { onChange } from '../../api/changes';
import { ApiError } from '../../api/errors';

export type Each<T> = ReadonlyMap<string, { data?: T; error?: ApiError }>;

/** Answers that come within so many milliseconds are drawn together. */
const GATHER = 60;

/**
 * Reads something of each of several things, and again of those that change: one that changes
 * costs one reading, not a reading of all.
 */
export function useEach<T>(names: string[], reading: (name: string) => Reading<T>): Each<T> {
  const [found, setFound] = useState<Each<T>>(
    () => new Map(names.flatMap((name): [string, { data?: T }][] => {
      const data = seen<T>(reading(name).key);
      return data === undefined ? [] : [[name, { data }]];
    })),
  );
  const latest = useRef(reading);
  latest.current = reading;
  const key = names.join('\n');

  useEffect(() => {
    const all = key === '' ? [] : key.split('\n');
    const control = new AbortController();
    const reads = new Map<string, AbortController>();
    const news: Map<string, { data?: T; error?: ApiError }> = new Map();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      timer = undefined;
      setFound((known) => new Map([...known, ...news]));
      news.clear();
    };
    const read = (name: string, early?: Begun<T>) => {
      reads.get(name)?.abort();
      const { load } = latest.current(name);
      const mine = early?.control ?? new AbortController();
      reads.set(name, mine);
      const signal = AbortSignal.any([control.signal, mine.signal]);
      const keep = (result: { data?: T; error?: ApiError }) => {
        if (signal.aborted) return;
        reads.delete(name);
        news.set(name, result);
        // The last of all is not waited for any longer.
        if (reads.size > 0) timer ??= setTimeout(draw, GATHER);
        else {
          clearTimeout(timer);
          draw();
        }
      };
      (early?.answer ?? load(signal)).then(
        (data) => keep({ data }),
        (error: unknown) => keep({ error: error instanceof ApiError ? error : new ApiError(0, 'Failed', String(error)) }),
      );
      if (early?.stale) early.answer.then(() => control.signal.aborted || read(name), () => undefined);
    };
    const stop = onChange((change) => all.filter((name) => !change || latest.current(name).concerns?.(change.arn)).forEach((name) => read(name)));
    all.forEach((name) => read(name, take<T>(latest.current(name).key)));
    return () => {
      stop();
      clearTimeout(timer);
      control.abort();
      reads.forEach((it) => it.abort());
    };
  }, [key]);

  return found;
}
