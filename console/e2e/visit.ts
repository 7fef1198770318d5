// A browser at a yard's console, and what every story does there.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { smaller } from './png';
import { flags, freshPages, type TestYard } from './yard';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const OUT = 'e2e/out';
/** The pictures that the guide shows; all others are only for looking. */
const SHOWN = [
  'home', 'repository-code', 'repository-graph', 'pull-request-split', 'pull-request-merge', 'pipeline-waits', 'failed-deployment', 'failed-build',
  'builds-batch', 'builds-report', 's3-versions', 'iam-policy-errors', 'explained', 'events-tester', 'secret',
];

/** A password that the yard takes. */
export const PASSWORD = 'Correct-horse-1';

export class Visit {
  /** What the pages' policy refused, and what failed in them. */
  readonly complaints: string[] = [];
  /** How the frame around the pages was looked at already: it is the same on all. */
  private readonly framesSeen = new Set<string>();

  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
  ) {}

  static async begin(yard: TestYard): Promise<Visit> {
    mkdirSync(OUT, { recursive: true });
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, colorScheme: 'light', locale: 'en-GB', timezoneId: 'UTC' });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const visit = new Visit(page, browser);
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
    });
    await freshPages(page, yard.url);
    page.on('pageerror', (error) => visit.complaints.push(String(error)));
    page.on('console', (message) => {
      // Refusals by the yard are part of the story.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) visit.complaints.push(message.text());
    });
    return visit;
  }

  end = () => this.browser.close();

  /** Signs in by a link that `codeyard console` prints. */
  async enter(yard: TestYard) {
    await this.page.goto(yard.signInLink());
    await this.page.getByRole('button', { name: 'Sign in by the link' }).click();
    await this.page.getByRole('button', { name: 'root' }).waitFor();
  }

  async signIn(name: string, password: string) {
    await this.page.getByLabel('IAM user name').fill(name);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  async signOut(name: string) {
    await this.page.getByRole('button', { name, exact: true }).click();
    await this.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await this.page.getByRole('heading', { name: 'Sign in to Codeyard' }).waitFor();
  }

  /** A picture of the page, `console-NAME.png`. */
  async picture(name: string) {
    const dir = (SHOWN.includes(name) && process.env.SCREENSHOTS) || OUT;
    const taken = await this.page.screenshot({ animations: 'disabled' });
    writeFileSync(`${dir}/console-${name}.png`, dir === OUT ? taken : smaller(taken));
  }

  /** No finding that keeps somebody from using the page. */
  async isAccessible() {
    // What fades in has less contrast for a moment.
    await this.page.evaluate(() => {
      const ending = document.getAnimations().filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime));
      return Promise.allSettled(ending.map(({ finished }) => finished));
    });
    await this.page.evaluate(axeSource);
    const frame = await this.page.evaluate(() => `${document.querySelector('#top') !== null} ${document.body.className} ${innerWidth}`);
    const without = this.framesSeen.has(frame) ? ['#top', 'nav[aria-label="Side navigation"]'] : [];
    this.framesSeen.add(frame);
    const found = await this.page.evaluate(async (exclude) => {
      type Axe = { run(where: object, how: object): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
      const { axe } = window as unknown as { axe: Axe };
      const { violations } = await axe.run(exclude.length > 0 ? { exclude } : document, { resultTypes: ['violations'], selectors: false });
      return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
    }, without);
    expect(found, await this.page.title()).toEqual([]);
  }

  /** Keeps the page on which a test failed. */
  async keepFailure(name: string) {
    const path = `${OUT}/failed-${name.replace(/\W+/g, '-').slice(0, 60)}.png`;
    await this.page.screenshot({ path });
    console.error(`the page is in ${path};`, ...this.complaints);
  }
}
