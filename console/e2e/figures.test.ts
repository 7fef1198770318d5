// Figures, not verdicts: how soon pages are painted, and what a long log costs.

import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { flags, freshPages, TestYard } from './yard';

test('figures', { timeout: 180_000 }, async () => {
  const yard = await TestYard.start();
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: [...flags, '--enable-precise-memory-info'] });
  try {
    await yard.builderRole();
    await yard.project('long', ["awk 'BEGIN { for (n = 1; n <= 1000000; n++) print \"line \" n \" of a long log, as wide as they are: 0123456789\" }'"]);
    const { build } = JSON.parse(await yard.json('codebuild', 'CodeBuild_20161006.StartBuild', { projectName: 'long' }));
    const page = await browser.newPage();
    await freshPages(page, yard.url);
    const paint = () =>
      page.evaluate(() => {
        const navigation = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming;
        const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
        return {
          firstPaintMs: Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0),
          transferredKB: Math.round(resources.reduce((sum, it) => sum + it.encodedBodySize, navigation.encodedBodySize) / 1000),
        };
      });
    await page.goto(`${yard.url}/console/`);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    console.log('sign-in page', await paint());
    await page.goto(yard.signInLink());
    await page.getByRole('button', { name: 'root' }).waitFor();
    await page.reload();
    const began = Date.now();
    await page.getByText('Running builds').waitFor();
    console.log('home, from the cache', await paint(), { settledMs: Date.now() - began });

    for (;;) {
      const { builds } = JSON.parse(await yard.json('codebuild', 'CodeBuild_20161006.BatchGetBuilds', { ids: [build.id] }));
      if (builds[0].buildComplete) break;
      await new Promise((done) => setTimeout(done, 300));
    }
    const opened = Date.now();
    await page.goto(`${yard.url}/console/#/codebuild/builds/${encodeURIComponent(build.id)}`);
    await page.getByText('line 7 of a long log', { exact: false }).first().waitFor();
    const first = Date.now() - opened;
    await page.getByText(/1,000,0\d\d lines/).waitFor({ timeout: 120_000 });
    const whole = Date.now() - opened;
    const log = page.getByRole('region', { name: 'Log' });
    const frames = await log.evaluate(async (box) => {
      const times: number[] = [];
      let last = performance.now();
      for (let step = 0; step < 120; step++) {
        box.scrollTop = (step / 120) * box.scrollHeight;
        await new Promise(requestAnimationFrame);
        times.push(performance.now() - last);
        last = performance.now();
      }
      return times.sort((a, b) => a - b);
    });
    const heap = await page.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize);
    console.log('a log of a million lines', {
      firstLinesMs: first,
      wholeMs: whole,
      frameMsMedian: Math.round(frames[60]),
      frameMsWorst: Math.round(frames[119]),
      heapMB: Math.round(heap / 1e6),
      rowsInPage: await page.locator('.log-row').count(),
    });
    expect(await page.locator('.log-row').count()).toBeLessThan(200);
  } finally {
    await browser.close();
    await yard.stop();
  }
});
