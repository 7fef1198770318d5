// No form takes away unseen what somebody else saved while it was open.

import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import './json.css';

export interface Guard<T> {
  /** What the form was opened with; nothing is asked without it. */
  opened: T | undefined;
  /** Reads it again. */
  read: () => Promise<T>;
  /** What is there now, for whoever decides. */
  shown: (now: T) => ReactNode;
  /** Puts what is there now into the form. */
  load: (now: T) => void;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Asks before a form overwrites what somebody else saved meanwhile.
 * @param save sends the form again, once somebody decided that it shall be.
 * @returns whether the form may be saved as it is, and the question to be shown in it.
 */
export function useGuard<T>(guard: Guard<T> | undefined, save: () => void): { isUnchanged: () => Promise<boolean>; question: ReactNode } {
  const [now, setNow] = useState<{ is: T }>();
  const seen = useRef<{ is: T }>(undefined);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (now) place.current?.scrollIntoView({ block: 'nearest' });
  }, [now]);

  const isUnchanged = async () => {
    if (!guard || guard.opened === undefined) return true;
    const is = await guard.read();
    // Also what was decided to be overwritten may have changed again.
    if (same(is, seen.current ? seen.current.is : guard.opened)) return true;
    setNow({ is });
    return false;
  };
  const decided = (then: (is: T) => void) => () => {
    if (!now) return;
    seen.current = now;
    setNow(undefined);
    then(now.is);
  };
  const question = now && guard && (
    <div ref={place}>
      <Alert
        type="warning"
        header="Somebody else changed it while you edited"
        action={
          <SpaceBetween size="xs">
            <Button formAction="none" onClick={decided(guard.load)}>Edit what is there now</Button>
            <Button formAction="none" onClick={decided(() => save())}>Save mine over it</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="xs">
          <div>Nothing was saved yet. There now:</div>
          {guard.shown(now.is)}
        </SpaceBetween>
      </Alert>
    </div>
  );
  return { isUnchanged, question };
}

/** A guard of a text that is shown as it is. */
export const textGuard = (opened: string | undefined, read: () => Promise<string>, load: (now: string) => void): Guard<string> => ({
  opened,
  read,
  load,
  shown: (now) => <pre className="there-now" tabIndex={0} role="region" aria-label="There now">{now || 'Nothing'}</pre>,
});
