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
}

let notices: Notice[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: Notice[]) {
  notices = next;
  listeners.forEach((listener) => listener());
}

const MOST = 5;

export function notify(notice: Omit<Notice, 'id'>) {
  // The newest first: of a stack only that is seen.
  set([{ ...notice, id: `notice-${++last}` }, ...notices].slice(0, MOST));
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
