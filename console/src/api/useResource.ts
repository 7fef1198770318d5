import { useCallback, useEffect, useRef, useState } from 'react';
import { seen, take, type Begun, type Reading } from './ahead';
import { onChange } from './changes';
import { ApiError } from './errors';

export interface Loaded<T> {
  data?: T;
  error?: ApiError;
  loading: boolean;
  reload: () => void;
}

interface State<T> {
  key: string;
  data?: T;
  error?: ApiError;
  loading: boolean;
}

/** Changes that come within so many milliseconds cost one reading. */
const GATHER = 150;

/**
 * Reads something, and again when it changes.
 * @param key names what is read: another key begins anew.
 * @param concerns whether a change may have changed it; without it nothing is watched.
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  concerns?: (arn: string) => boolean,
): Loaded<T> {
  const [state, setState] = useState<State<T>>(() => {
    const data = seen<T>(key);
    return data === undefined ? { key, loading: true } : { key, data, loading: false };
  });
  const latest = useRef({ load, concerns });
  latest.current = { load, concerns };
  const control = useRef<AbortController>(undefined);
  const again = useRef(false);

  const read = useCallback((early?: Begun<T>) => {
    control.current?.abort();
    const mine = (control.current = early?.control ?? new AbortController());
    again.current = early?.stale ?? false;
    setState((old) => (old.key !== key ? { key, loading: true } : old.loading || early?.data !== undefined ? old : { ...old, loading: true }));
    const ended = () => {
      control.current = undefined;
      if (again.current) read();
    };
    (early?.answer ?? latest.current.load(mine.signal)).then(
      (data) => {
        if (mine.signal.aborted) return;
        // What was there when it was drawn first is not drawn again.
        setState((old) => (old.key === key && old.data === data && !old.loading ? old : { key, data, loading: false }));
        ended();
      },
      (error: unknown) => {
        if (mine.signal.aborted) return;
        const known = error instanceof ApiError ? error : new ApiError(0, 'Failed', String(error));
        // What was read before stays in sight while the yard is out of reach, but not once it is gone
        // or kept from whoever looks: that would be shown as if it were so.
        setState(({ data, ...old }) => ({ ...old, ...(data !== undefined && !known.isGone && { data }), key, error: known, loading: false }));
        ended();
      },
    );
  }, [key]);
  const reload = useCallback(() => read(), [read]);

  // Before it reads: otherwise nobody might listen for a moment, and the stream of changes would end.
  const watches = concerns !== undefined;
  useEffect(() => {
    if (!watches) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onChange((change) => {
      if (change && !latest.current.concerns?.(change.arn)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        // What is being read is read to its end: where changes never cease, nothing would be shown else.
        if (control.current) again.current = true;
        else reload();
      }, GATHER);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [watches, reload]);

  useEffect(() => {
    // Only the first reading may have been begun before: whoever reads again wants what is so now.
    read(take<T>(key));
    return () => {
      control.current?.abort();
      control.current = undefined;
    };
  }, [read, key]);

  return { ...(state.key === key ? state : { loading: true }), reload };
}

/** Reads something that may have been begun before the page was there. */
export const useReading = <T>({ key, load, concerns }: Reading<T>) => useResource(key, load, concerns);
