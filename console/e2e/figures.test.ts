// Figures, not verdicts: how soon pages are painted, what they cost, and what a long log costs.

import { statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { bucket, BUCKET, role, serviceRole } from './delivery';
import { flags, freshPages, TestYard } from './yard';

vi.setConfig({ testTimeout: 600_000 });

const BUILDS = 1_000;
const PIPELINES = 100;
/** Requests on their way at once, while there is something to be made. */
const AT_ONCE = 8;
/** Each page is opened so often; the median is told. */
const TIMES = 5;

let yard: TestYard;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  yard = await TestYard.start('--build-slots', '4');
  await yard.builderRole();
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: [...flags, '--enable-precise-memory-info'] });
  page = await browser.newPage();
  await freshPages(page, yard.url);
});

afterAll(async () => {
  await browser?.close();
  await yard?.stop();
});

const load = () => `load ${loadavg()[0].toFixed(1)}`;
const build = async (operation: string, input: object) => JSON.parse(await yard.json('codebuild', `CodeBuild_20161006.${operation}`, input));
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const median = (values: number[]) => Math.round(values.sort((a, b) => a - b)[Math.floor(values.length / 2)]);

async function many(count: number, make: (n: number) => Promise<unknown>) {
  let next = 0;
  const worker = async () => {
    while (next < count) await make(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** When the page was painted first, by the browser's own clock, and how large the files for it are, compressed. */
async function painted() {
  const { names, ...told } = await page.evaluate(() => ({
    firstPaintMs: Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0),
    names: performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((path) => path.startsWith('/console/')),
  }));
  const files = ['index.html', ...new Set(names.map((path) => path.slice('/console/'.length)))];
  const size = files.reduce((sum, name) => sum + statSync(`${process.env.CONSOLE_DIST ?? 'dist'}/${name}.gz`).size, 0);
  return { ...told, filesKB: Math.round(size / 1000) };
}

/** Opens a page anew, from the cache, and waits for what it is opened for. What the page's thread computed for it does not depend on what else runs. */
async function opened(path: string, shown: string) {
  const [first, meaningful, cpu]: number[][] = [[], [], []];
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  let requests = 0;
  for (let time = 0; time < TIMES; time++) {
    await page.goto('about:blank');
    await page.goto(`${yard.url}/console/#${path}`);
    await page.waitForFunction((text) => document.querySelector('main')?.textContent?.includes(text), shown, { polling: 'raf' });
    meaningful.push(await page.evaluate(() => performance.now()));
    const { metrics } = await devtools.send('Performance.getMetrics');
    cpu.push(1000 * (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? 0));
    requests = await page.evaluate(() => performance.getEntriesByType('resource').length);
    first.push((await painted()).firstPaintMs);
  }
  await devtools.detach();
  return { firstPaintMs: median(first), meaningfulMs: median(meaningful), cpuMs: median(cpu), requests };
}

test('the first page, and home where nothing is yet', async () => {
  await page.goto(`${yard.url}/console/`);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  console.log('sign-in page', await painted(), load());
  await page.goto(yard.signInLink());
  await page.getByRole('button', { name: 'Sign in by the link' }).click();
  await page.getByText('Running builds').waitFor();
  await page.getByText('First steps').waitFor();
  console.log('home, with what sign-in loaded', await painted(), load());
});

test('a log of a million lines', async () => {
  await yard.project('long', ["awk 'BEGIN { for (n = 1; n <= 1000000; n++) print \"line \" n \" of a long log, as wide as they are: 0123456789\" }'"]);
  const { build: long } = await build('StartBuild', { projectName: 'long' });
  while (!(await build('BatchGetBuilds', { ids: [long.id] })).builds[0].buildComplete) await pause(300);
  const began = Date.now();
  await page.goto(`${yard.url}/console/#/codebuild/builds/${encodeURIComponent(long.id)}`);
  await page.getByText('line 7 of a long log', { exact: false }).first().waitFor();
  const first = Date.now() - began;
  await page.getByText(/1,000,0\d\d lines/).waitFor({ timeout: 120_000 });
  const whole = Date.now() - began;
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
  const rowsInPage = await page.locator('.log-row').count();
  console.log('a log of a million lines', {
    firstLinesMs: first,
    wholeMs: whole,
    frameMsMedian: Math.round(frames[60]),
    frameMsWorst: Math.round(frames[119]),
    heapMB: Math.round(heap / 1e6),
    rowsInPage,
  }, load());
  expect(rowsInPage).toBeLessThan(200);
});

test('pages of many builds and many pipelines', async () => {
  await many(PIPELINES / 10, (n) => yard.project(`project-${n}`, ['true']));
  await many(BUILDS, (n) => build('StartBuild', { projectName: `project-${n % (PIPELINES / 10)}` }));
  await pipelines();
  const home = await yard.json('codebuild', 'CodeBuild_20161006.ListBuilds', {});
  expect(JSON.parse(home).ids).toHaveLength(100);
  const settled = Date.now() + 400_000;
  for (;;) {
    const { ids } = await build('ListBuilds', { sortOrder: 'DESCENDING' });
    const { builds } = await build('BatchGetBuilds', { ids });
    if (builds.every((it: { buildComplete: boolean }) => it.buildComplete) || Date.now() > settled) break;
    await pause(1_000);
  }
  for (const [operation, service, target, input] of [
    ['GetDeliveryMeasures', 'codeyard', 'Codeyard_20261121', { days: 30 }],
    ['ListBuilds', 'codebuild', 'CodeBuild_20161006', {}],
    ['ListPipelines', 'codepipeline', 'CodePipeline_20150709', {}],
  ] as const) {
    const began = performance.now();
    const answer = await yard.json(service, `${target}.${operation}`, input);
    console.log(operation, { ms: Math.round(performance.now() - began), KB: Math.round(answer.length / 1000) });
  }
  await page.goto(`${yard.url}/console/`);
  console.log(`home with ${BUILDS} builds and ${PIPELINES} pipelines`, await opened('/', `${PIPELINES} pipelines.`), load());
  console.log('projects', await opened('/codebuild/projects', 'aws/codebuild'), load());
  console.log('builds', await opened('/codebuild/history', 'project-'), load());
  console.log('pipelines', await opened('/codepipeline/pipelines', 'In progress'), load());
});

/** Each waits for an approval. */
async function pipelines() {
  await bucket(yard);
  await serviceRole(yard, 'pipeline', 'codepipeline', ['s3:*', 'codecommit:*']);
  await yard.json('codecommit', 'CodeCommit_20150413.CreateRepository', { repositoryName: 'site' });
  const putFiles = [{ filePath: 'page.html', fileContent: Buffer.from('<h1>Hello</h1>').toString('base64') }];
  await yard.json('codecommit', 'CodeCommit_20150413.CreateCommit', { repositoryName: 'site', branchName: 'main', commitMessage: 'Begin', putFiles });
  const action = (name: string, category: string, provider: string, more: object) => ({ name, actionTypeId: { category, owner: 'AWS', provider, version: '1' }, ...more });
  const source = action('Source', 'Source', 'CodeCommit', { configuration: { RepositoryName: 'site', BranchName: 'main' }, outputArtifacts: [{ name: 'source' }] });
  await many(PIPELINES, (n) =>
    yard.json('codepipeline', 'CodePipeline_20150709.CreatePipeline', {
      pipeline: {
        name: `pipe-${String(n).padStart(3, '0')}`,
        pipelineType: 'V2',
        roleArn: role('pipeline'),
        artifactStore: { type: 'S3', location: BUCKET },
        stages: [
          { name: 'Source', actions: [source] },
          { name: 'Approve', actions: [action('Approve', 'Approval', 'Manual', {})] },
        ],
      },
    }),
  );
}
