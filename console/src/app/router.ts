// Addresses behind the `#`: the yard serves one page, and no address of a resource can be taken for
// a bucket's.

import { useSyncExternalStore } from 'react';
import { carry } from './notifications';

const subscribe = (listener: () => void) => {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
};

const current = () => location.hash.replace(/^#/, '') || '/';

interface Address {
  path: string;
  query: URLSearchParams;
}

function parsed(address: string): Address {
  const [path, query] = address.split('?', 2);
  return { path, query: new URLSearchParams(query) };
}

export const addressNow = () => parsed(current());

/** The address: path and query. */
export const useAddress = () => parsed(useSyncExternalStore(subscribe, current));

export const go = (path: string) => {
  carry();
  location.hash = path;
};

export type Params = Record<string, string>;

/** Matches `/projects/:name` with a path, whose parts are percent-encoded. */
export function match(pattern: string, path: string): Params | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Params = {};
  for (let at = 0; at < wanted.length; at++) {
    if (wanted[at].startsWith(':')) params[wanted[at].slice(1)] = decoded(given[at]);
    else if (wanted[at] !== given[at]) return undefined;
  }
  return params;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** An address of these parts, each encoded. */
export const pathOf = (...parts: string[]) => `/${parts.map(encodeURIComponent).join('/')}`;
