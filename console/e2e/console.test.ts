import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { page, story, visit, yard } from './story';
import { PASSWORD } from './visit';

const PROJECT = 'arn:aws:codebuild:us-east-1:000000000000:project/greeter';

const signIn = (name: string, password: string) => visit.signIn(name, password);
const signOut = (name: string) => visit.signOut(name);
const isAccessible = () => visit.isAccessible();
const picture = (name: string) => visit.picture(name);

story({
  prepare: async () => {
    await yard.builderRole();
    await yard.project('greeter', ['echo hello from the build', 'sleep 1', 'for n in 1 2 3; do echo "line $n"; done']);
    await yard.project('broken', ['echo about to fail', 'echo "error: the gate is shut" >&2', 'false']);
    const read = {
      Effect: 'Allow',
      Action: ['codebuild:ListProjects', 'codebuild:ListBuilds', 'codebuild:BatchGet*', 'codebuild:ListBuildsForProject', 'logs:GetLogEvents'],
      Resource: '*',
    };
    const start = { Effect: 'Allow', Action: ['codebuild:StartBuild', 'codebuild:StopBuild', 'codebuild:RetryBuild'], Resource: PROJECT };
    await yard.user('ann', PASSWORD, [read, start]);
    await yard.user('rod', PASSWORD, [read]);
  },
});

test('a browser is sent to the console, and a stranger stays outside', async () => {
  const sent = await fetch(yard.url, { headers: { accept: 'text/html' }, redirect: 'manual' });
  expect([sent.status, sent.headers.get('location')]).toEqual([302, '/console/']);
  await page.goto(`${yard.url}/console/`);
  await page.getByRole('heading', { name: 'Sign in to Codeyard' }).waitFor();
  await isAccessible();
  await picture('sign-in');
  for (const [name, password] of [['ann', 'wrong'], ['nobody', PASSWORD]]) {
    await signIn(name, password);
    await page.getByText('The user name or the password is wrong.').waitFor();
  }
});

test('a narrow user sees a project, starts a build and reads its log', async () => {
  await signIn('ann', PASSWORD);
  await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
  await page.getByText('Nothing is building').waitFor();
  await isAccessible();

  await page.getByRole('link', { name: 'Build projects' }).click();
  await page.getByRole('link', { name: 'greeter' }).waitFor();
  await isAccessible();
  await picture('projects');
  await page.getByRole('link', { name: 'greeter' }).click();
  await page.getByRole('button', { name: 'Start build' }).click();

  await page.getByRole('heading', { name: /greeter #1/ }).waitFor();
  // Nothing is clicked any more: the page follows.
  const log = page.getByRole('region', { name: 'Log' });
  await log.getByText('hello from the build', { exact: true }).waitFor();
  await page.getByText('Succeeded').first().waitFor();
  await page.getByRole('button', { name: 'Retry' }).waitFor();
  await log.getByText('line 3', { exact: true }).waitFor();
  await isAccessible();
  await picture('build');

  await page.getByRole('searchbox', { name: 'Search the log' }).fill('LINE 2');
  await page.getByRole('searchbox', { name: 'Search the log' }).press('Enter');
  await page.locator('.log-at', { hasText: 'line 2' }).waitFor();
  await page.getByRole('button', { name: 'Fold all' }).click();
  await log.getByText('line 3', { exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Phase BUILD' }).click();
  await log.getByText('line 3', { exact: true }).waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  expect(readFileSync((await file.path())!, 'utf8')).toContain('hello from the build\n');
});

test('what others do appears by itself', async () => {
  await page.goto(`${yard.url}/console/#/`);
  await page.getByText('No build has failed lately').waitFor();
  await page.getByRole('button', { name: /^Live/ }).waitFor();
  await yard.json('codebuild', 'CodeBuild_20161006.StartBuild', { projectName: 'broken' });
  await page.getByText(/Build: Error while executing command: false/).waitFor();
  await picture('home-of-builds');
  await page.getByRole('link', { name: /broken #1/ }).click();
  await page.getByRole('region', { name: 'Log' }).waitFor();
  await page.getByText('Failed').first().waitFor();
  await page.locator('.log-error').first().waitFor();
  await page.getByRole('button', { name: 'Jump to error' }).click();
  await page.locator('.log-at', { hasText: /^\d+error: the gate is shut$/ }).waitFor();
  await picture('failed-build');
});

test('search finds by name, from the keyboard', async () => {
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox', { name: 'Name of a page or a resource' }).fill('greet');
  await page.getByRole('link', { name: /greeter/ }).waitFor();
  await isAccessible();
  // All that there is fits no text: what is not in sight is told of, and reached by keys.
  const search = page.getByRole('searchbox', { name: 'Name of a page or a resource' });
  await search.fill('');
  const hits = page.getByRole('list', { name: 'Found' }).getByRole('link');
  await page.getByRole('button', { name: /^Show \d+ more$/ }).waitFor();
  expect(await hits.count()).toBe(12);
  for (let n = 0; n < 13; n++) await search.press('ArrowDown');
  await hits.nth(13).waitFor();
  expect(await hits.nth(13).getAttribute('aria-current')).toBe('true');
  await search.fill('greet');
  await page.getByRole('link', { name: /greeter/ }).waitFor();
  await search.press('Enter');
  await page.getByRole('heading', { name: 'greeter', level: 1 }).waitFor();
});

test('a read-only user is refused by policy, and told so', async () => {
  await signOut('ann');
  expect(await page.evaluate(() => sessionStorage.length + Object.keys(localStorage).filter((key) => /session|key|token/i.test(key)).length)).toBe(0);
  await signIn('rod', PASSWORD);
  await page.getByRole('heading', { name: 'greeter', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Start build' }).click();
  await page.getByText('No build of greeter was started: AccessDeniedException').waitFor();
  await page.getByText(/user\/rod is not authorized to perform: codebuild:StartBuild/).waitFor();
  await page.getByText(/Request id [0-9a-f-]{36}/).waitFor();
  await isAccessible();
  await picture('refused');
  await page.getByRole('link', { name: 'Start with overrides' }).click();
  await page.getByRole('heading', { name: 'Start a build of greeter' }).waitFor();
  await isAccessible();
});

test('pages are dark where that is chosen', async () => {
  await page.getByRole('button', { name: 'Light or dark' }).click();
  await page.goto(`${yard.url}/console/#/`);
  await page.getByRole('link', { name: /broken #1/ }).waitFor();
  await isAccessible();
  await picture('dark');
  await page.getByRole('button', { name: 'Light or dark' }).click();
  await signOut('rod');
});

test('a one-time link signs root in, once', async () => {
  const link = yard.signInLink();
  await page.goto(link);
  // Somebody else's link does nothing by itself.
  const byLink = page.getByRole('button', { name: 'Sign in by the link' });
  await byLink.waitFor();
  await isAccessible();
  expect(page.url()).not.toContain('code=');
  await byLink.click();
  await page.getByRole('button', { name: 'root' }).waitFor();
  await signOut('root');
  await page.goto(link);
  await byLink.click();
  await page.getByText(/This sign-in link was used already/).waitFor();
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
