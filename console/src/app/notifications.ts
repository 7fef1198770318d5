// Messages above the pages.

import { useSyncExternalStore } from 'react';
import { ApiError } from '../api/errors';

export interface Notice {
  id: string;
  type: 'success' | 'error' | 'info' | 'warning';
  header: string;
  content?: string;
  requestId?: string;
  /** The encoded message of a refusal, which can be explained. */
  encoded?: string;
  /** When it was told, in milliseconds since 1970. */
  at: number;
}

let notices: Notice[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: Notice[]) {
  notices = next;
  listeners.forEach((listener) => listener());
}

const MOST = 5;

export function notify(notice: Omit<Notice, 'id' | 'at'>) {
  // The newest first: of a stack only that is seen.
  set([{ ...notice, id: `notice-${++last}`, at: Date.now() }, ...notices].slice(0, MOST));
}

/** Shows why something could not be done, and what to do. */
export function notifyError(what: string, error: unknown) {
  if (error instanceof ApiError) {
    const content = [error.shown, error.advice].filter(Boolean).join(' ');
    notify({ type: 'error', header: `${what}: ${error.code}`, content, requestId: error.requestId, encoded: error.encoded });
  } else {
    notify({ type: 'error', header: what, content: String(error) });
  }
}

export const dismiss = (id: string) => set(notices.filter((notice) => notice.id !== id));

/** What was told so lately belongs to the page that is opened with it, in milliseconds. */
const JUST_NOW = 500;
let carried: Notice[] = [];

/** Lets what was told just now go along to the page that is opened by whoever told it. */
export const carry = () => {
  carried = notices.filter(({ at }) => Date.now() - at < JUST_NOW);
};

/** Ends what was told of success on the page that is left. What went wrong stays. */
export function leave() {
  const along = carried;
  carried = [];
  keep((notice) => along.includes(notice) || Date.now() - notice.at < JUST_NOW);
}

/** Ends what was told of success so many milliseconds ago. */
export const expire = (age: number) => keep(({ at }) => Date.now() - at < age);

function keep(fits: (notice: Notice) => boolean) {
  const rest = notices.filter((notice) => notice.type !== 'success' || fits(notice));
  if (rest.length < notices.length) set(rest);
}

/** Forgets all: what one user was told is not the next one's. */
export const clearNotices = () => set([]);

export const useNotices = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
