import { lazy, Suspense, useEffect, useSyncExternalStore } from 'react';
import { end, session } from '../api/session';
import { useAddress } from './router';
import SignIn from './SignIn';

// What is shown before anybody has signed in is small; the rest comes while the password is typed.
const loadShell = () => import('./Shell');
const Shell = lazy(loadShell);
if (session.get()) {
  void import('./ahead');
  void loadShell();
}

const LONGEST_TIMER = 2 ** 31 - 1;

export function App() {
  const who = useSyncExternalStore(session.subscribe, session.get);
  const { path } = useAddress();
  useEffect(() => void loadShell(), []);
  useEffect(() => {
    if (!who) return;
    const left = Date.parse(who.expiration) - Date.now() - who.clockOffset;
    const over = () => end('Your session has ended. Sign in to go on.');
    const timer = setTimeout(over, Math.max(0, Math.min(left, LONGEST_TIMER)));
    return () => clearTimeout(timer);
  }, [who]);
  useEffect(() => {
    // A link for who is signed in already: its code is not to stay in the address.
    if (who && path === '/sign-in') location.replace('#/');
  }, [who, path]);
  if (!who) return <SignIn />;
  return (
    <Suspense fallback={null}>
      <Shell key={who.accessKeyId} />
    </Suspense>
  );
}
