import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/errors';

/** Sends a form once at a time and keeps why it failed, to be shown beside it. */
export function useSubmit() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const shown = useRef(true);
  const running = useRef(false);
  useEffect(() => {
    shown.current = true;
    return () => void (shown.current = false);
  }, []);
  const submit = async (action: () => Promise<void>) => {
    // Two events may come before what is drawn says that it is busy.
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setError(undefined);
    try {
      await action();
    } catch (failure) {
      if (shown.current) setError(failure instanceof ApiError ? failure : new ApiError(0, 'Failed', String(failure)));
    } finally {
      running.current = false;
      if (shown.current) setBusy(false);
    }
  };
  return { busy, error, submit };
}
