// The code and the data of the page that an address is for are asked for at once, before anything
// of it is drawn.

import { forgetAll } from '../api/ahead';
import { session } from '../api/session';
import { pageAt } from './registry';
import { addressNow } from './router';

let last: string | undefined;

function goAhead() {
  const path = session.get() && addressNow().path;
  // The same page with another query reads for itself what it needs.
  if (path === last) return;
  last = path;
  forgetAll();
  const found = path === undefined ? undefined : pageAt(path);
  // Where one of them fails, the page asks again and says why.
  found?.page.load().catch(() => undefined);
  found?.page.ahead?.(found.params).catch(() => undefined);
}

goAhead();
// Captured: before the page of the new address is drawn, which would read for itself.
addEventListener('hashchange', goAhead, true);
session.subscribe(goAhead);
