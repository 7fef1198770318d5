import { useEffect, useRef } from 'react';

/**
 * Does something again and again while that is wanted and the page is seen: for what tells no
 * events, as lifecycle events within a host do.
 */
export function useWhile(wanted: boolean, action: () => void, milliseconds: number) {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    if (!wanted) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && latest.current(), milliseconds);
    return () => clearInterval(timer);
  }, [wanted, milliseconds]);
}
