import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/errors';

/** Sends a form once at a time and keeps why it failed, to be shown beside it. */
export function useSubmit() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => void (shown.current = false);
  }, []);
  const submit = async (action: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await action();
    } catch (failure) {
      if (shown.current) setError(failure instanceof ApiError ? failure : new ApiError(0, 'Failed', String(failure)));
    } finally {
      if (shown.current) setBusy(false);
    }
  };
  return { busy, error, submit };
}
