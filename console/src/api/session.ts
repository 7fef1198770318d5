// Who is signed in. The credentials are those of a session and end with it; they are kept for this
// tab alone (sessionStorage), so that a reload need not ask again, and never in local storage.

import type { Credentials } from './sigv4';
import { ApiError } from './errors';

export interface Session extends Credentials {
  /** When the credentials end, ISO 8601. */
  expiration: string;
  account: string;
  region: string;
  arn: string;
  /** Milliseconds by which the yard's clock is ahead of the browser's. */
  clockOffset: number;
}

export type Attempt =
  | { code: string }
  | { userName: string; password: string; mfaCode?: string; newPassword?: string };

const KEY = 'codeyard-session';
const listeners = new Set<() => void>();
let current: Session | undefined = restored();
let ended: string | undefined;

function restored(): Session | undefined {
  try {
    const session = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Session | null;
    return session && Date.parse(session.expiration) > Date.now() + session.clockOffset ? session : undefined;
  } catch {
    return undefined;
  }
}

export const session = {
  get: () => current,
  /** Why the last session is over, where it did not end by signing out. */
  whyEnded: () => ended,
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function begin(next: Session) {
  ended = undefined;
  current = next;
  sessionStorage.setItem(KEY, JSON.stringify(next));
  listeners.forEach((listener) => listener());
}

export function end(why?: string) {
  if (!current) return;
  ended = why;
  current = undefined;
  sessionStorage.removeItem(KEY);
  listeners.forEach((listener) => listener());
}

/** Milliseconds by which the clocks may differ; the yard takes signatures that are 15 minutes off. */
const TOLERATED = 5 * 60_000;

/**
 * Takes the yard's time from an answer's `Date`, where the offset that was found at sign-in is
 * wrong by now: a clock was set, or a machine slept. Whether it was.
 */
export function resetClock(date: string | null): boolean {
  const offset = Date.parse(date ?? '') - Date.now();
  if (!current || Number.isNaN(offset) || Math.abs(offset - current.clockOffset) < TOLERATED) return false;
  current = { ...current, clockOffset: offset };
  sessionStorage.setItem(KEY, JSON.stringify(current));
  listeners.forEach((listener) => listener());
  return true;
}

/** The yard's time. */
export const now = () => new Date(Date.now() + (current?.clockOffset ?? 0));

/** Exchanges a password or a one-time code for a session. */
export async function signIn(attempt: Attempt): Promise<void> {
  const answer = await fetch('/_signin', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(attempt),
    credentials: 'omit',
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new ApiError(answer.status, body.code ?? 'Failed', body.message ?? '', body.requestId);
  const date = Date.parse(answer.headers.get('date') ?? '');
  begin({ ...body, clockOffset: Number.isNaN(date) ? 0 : date - Date.now() });
}

/** The last part of the ARN: a user's name, or `root`. */
export const shownName = (arn: string) => arn.split(/[/:]/).pop() ?? arn;
