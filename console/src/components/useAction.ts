import { useCallback, useEffect, useRef, useState } from 'react';
import { notifyError } from '../app/notifications';

/** Does one thing at a time and shows above the page why it failed: whether one is being done, and how to do one. */
export function useAction(): [boolean, (failed: string, action: () => Promise<void>) => Promise<void>] {
  const [busy, setBusy] = useState(false);
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => void (shown.current = false);
  }, []);
  const act = useCallback(async (failed: string, action: () => Promise<void>) => {
    setBusy(true);
    try {
      await action();
    } catch (error) {
      notifyError(failed, error);
    } finally {
      if (shown.current) setBusy(false);
    }
  }, []);
  return [busy, act];
}
