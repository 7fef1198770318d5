import { useCallback, useEffect, useRef, useState } from 'react';
import { onChange } from './changes';
import { ApiError } from './errors';

export interface Loaded<T> {
  data?: T;
  error?: ApiError;
  loading: boolean;
  reload: () => void;
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
  const [state, setState] = useState<{ key: string; data?: T; error?: ApiError; loading: boolean }>({
    key,
    loading: true,
  });
  const latest = useRef({ load, concerns });
  latest.current = { load, concerns };
  const control = useRef<AbortController>(undefined);
  const again = useRef(false);

  const reload = useCallback(() => {
    control.current?.abort();
    const mine = (control.current = new AbortController());
    again.current = false;
    setState((old) => (old.key === key ? { ...old, loading: true } : { key, loading: true }));
    const ended = () => {
      control.current = undefined;
      if (again.current) reload();
    };
    latest.current.load(mine.signal).then(
      (data) => {
        if (mine.signal.aborted) return;
        setState({ key, data, loading: false });
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

  useEffect(() => {
    reload();
    return () => {
      control.current?.abort();
      control.current = undefined;
    };
  }, [reload]);

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

  return { ...(state.key === key ? state : { loading: true }), reload };
}
