// Many tabs of one browser: over HTTP/1.1 it opens six connections to a place for all of them.

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { PASSWORD } from './visit';
import { flags, freshPages, TestYard } from './yard';

const TABS = 8;

let yard: TestYard;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  yard = await TestYard.start();
  await yard.user('ann', PASSWORD, [{ Effect: 'Allow', Action: 'codebuild:*', Resource: '*' }]);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
  context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC' });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await yard?.stop();
});

/** Chromium without windows takes every tab for seen. */
const setHidden = (page: Page, hidden: boolean) =>
  page.evaluate((is) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => is });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

const isLive = (page: Page) => page.getByRole('button', { name: 'Live: pages follow changes' }).first().waitFor();

test('tabs that nobody sees leave connections to the one that somebody sees', async () => {
  const pages: Page[] = [];
  for (let n = 0; n < TABS; n++) {
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await freshPages(page, yard.url);
    await page.goto(`${yard.url}/console/#/codebuild/projects`);
    await page.getByLabel('IAM user name').fill('ann');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('(0)').first().waitFor();
    await isLive(page);
    await setHidden(page, true);
    pages.push(page);
  }
  const [first] = pages;
  await first.getByRole('button', { name: 'Not live: pages show what was when they were read' }).first().waitFor();
  await setHidden(first, false);
  await isLive(first);
}, 180_000);
