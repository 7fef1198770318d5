// Where a link in a repository's text leads.

import { parentOf } from './contents';

/** A path that a link means, seen from the file that it is in; `undefined` where it leads out. */
export function resolved(from: string, href: string): string | undefined {
  const path = href.split(/[?#]/, 1)[0];
  if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith('//') || !path) return undefined;
  const parts = path.startsWith('/') ? [] : parentOf(from).split('/').filter(Boolean);
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.length === 0) return undefined;
      parts.pop();
    } else if (part !== '' && part !== '.') parts.push(unescaped(part));
  }
  return parts.join('/');
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
