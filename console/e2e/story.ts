// What every story has: a yard and a browser of its own. Its tests are the steps of one walk.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Visit } from './visit';
import { TestYard } from './yard';

export let yard: TestYard;
export let visit: Visit;
export let page: Page;

interface Parts {
  /** What there is in the yard before anybody looks. */
  prepare?: () => Promise<unknown>;
  /** The first steps in the browser. */
  enter?: () => Promise<unknown>;
  /** What is left behind elsewhere is taken away. */
  leave?: () => unknown;
}

/** Begins a story. After a step that failed the others are left out: they stand on it. */
export function story({ prepare, enter, leave }: Parts) {
  let failed: string | undefined;
  beforeAll(async () => {
    yard = await TestYard.start();
    await prepare?.();
    visit = await Visit.begin(yard);
    page = visit.page;
    await enter?.();
  });
  beforeEach(({ skip }) => {
    if (failed) skip(`after “${failed}”, which failed`);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    failed ??= task.name;
    await visit?.keepFailure(task.name);
  });
  afterAll(async () => {
    await visit?.end();
    if (yard) await leave?.();
    await yard?.stop();
  });
}

export const open = (path: string) => page.goto(`${yard.url}/console/#${path}`);
export const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
/** The dialog that is in front. */
export const dialog = () => page.getByRole('dialog').last();
