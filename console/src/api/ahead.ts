// What a page shows first is asked for while the page's code is still on its way.

import { onChange } from './changes';
import { session } from './session';

/** Something that is read: what names it, how it is read, and which changes may have changed it; without that nothing is watched. */
export interface Reading<T> {
  key: string;
  load: (signal: AbortSignal) => Promise<T>;
  concerns?: (arn: string) => boolean;
}

export interface Begun<T> {
  control: AbortController;
  answer: Promise<T>;
  /** The answer, once it is there. */
  data?: T;
  /** Whether something changed since it was asked for. */
  stale: boolean;
}

/** How long an answer that nobody wants is kept, in milliseconds. */
const KEPT = 10_000;

const begun = new Map<string, Begun<unknown> & { unwatch?: () => void }>();

function forget(key: string) {
  const known = begun.get(key);
  begun.delete(key);
  known?.unwatch?.();
  return known;
}

/** Begins to read what `useReading` of the same key will take. */
export function begin<T>({ key, load, concerns }: Reading<T>): Promise<T> {
  const before = begun.get(key) as Begun<T> | undefined;
  if (before) return before.answer;
  const control = new AbortController();
  // Changes are listened to first: what is read before would not be known to be old.
  const unwatch = concerns && onChange((change) => {
    if (!change || concerns(change.arn)) mine.stale = true;
  });
  const answer = load(control.signal);
  const mine = { control, answer, stale: false, unwatch } as Begun<unknown> & { unwatch?: () => void };
  begun.set(key, mine);
  const later = () => setTimeout(() => begun.get(key) === mine && forget(key), KEPT);
  answer.then((data) => {
    mine.data = data;
    later();
  }, later);
  return answer;
}

/** What was answered already, without taking it. */
export const seen = <T>(key: string) => begun.get(key)?.data as T | undefined;

/** Takes what was begun: who takes it aborts it where it is not needed any more. */
export const take = <T>(key: string) => forget(key) as Begun<T> | undefined;

/** Ends what nobody took. */
export function forgetAll() {
  for (const key of [...begun.keys()]) forget(key)?.control.abort();
}

// What one user was told is not the next one's.
session.subscribe(() => !session.get() && forgetAll());
