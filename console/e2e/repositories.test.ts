import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { button, dialog, page, story, visit, yard } from './story';
import { PASSWORD } from './visit';

let scratch: string;

const CODECOMMIT = 'CodeCommit_20150413';
const call = async (operation: string, input: object) => JSON.parse(await yard.json('codecommit', `${CODECOMMIT}.${operation}`, input));
const base64 = (text: string) => Buffer.from(text).toString('base64');
const at = (path: string) => page.goto(`${yard.url}/console/#/codecommit/repositories/${path}`);
const heading = (name: string | RegExp) => page.getByRole('heading', { name });
const link = (name: string | RegExp) => page.getByRole('link', { name });
const content = (path: string) => page.getByRole('region', { name: `Content of ${path}` });
const tip = async (branch: string): Promise<string> =>
  (await call('GetBranch', { repositoryName: 'shop', branchName: branch })).branch.commitId;

story({
  prepare: async () => {
    scratch = mkdtempSync(join(tmpdir(), 'codeyard-repositories-'));
    await yard.user('ann', PASSWORD, [{ Effect: 'Allow', Action: 'codecommit:*', Resource: '*' }]);
    const read = { Effect: 'Allow', Action: ['codecommit:BatchGet*', 'codecommit:Get*', 'codecommit:List*'], Resource: '*' };
    await yard.user('rod', PASSWORD, [read]);
  },
  enter: async () => {
    await page.goto(`${yard.url}/console/`);
    await visit.signIn('ann', PASSWORD);
  },
  leave: () => {
    rmSync(scratch, { recursive: true, force: true });
  },
});

test('a repository is created, and told how to be cloned', async () => {
  await link('Repositories').first().click();
  await page.getByText('There are no repositories yet').waitFor();
  await visit.isAccessible();
  await link('Create repository').click();
  await page.getByLabel('Repository name').fill('a shop');
  await button('Create').click();
  await page.getByText('Names have letters, digits').waitFor();
  await page.getByLabel('Repository name').fill('shop');
  await page.getByLabel('Description').fill('What we sell');
  await visit.isAccessible();
  await button('Create').click();
  await heading('This repository is empty').waitFor();
  await page.getByText(/git clone http.*\/v1\/repos\/shop/).waitFor();
  await page.getByRole('tab', { name: 'HTTPS (GRC)' }).click();
  await page.getByText('git clone codecommit://shop').waitFor();
  await visit.isAccessible();
  await visit.picture('repository-empty');
});

test('files are written and uploaded, each time with a commit', async () => {
  await link('Create file').click();
  await page.getByLabel('File name').fill('src/price.rs');
  await page.getByLabel('Content', { exact: true }).fill('fn price() -> u32 {\n    // in cents\n    100\n}\n');
  await page.getByLabel('Author name').fill('Ann Lee');
  await page.getByLabel('Email address').fill('ann@example.com');
  await page.getByLabel('Commit message').fill('Begin with the price\n\nIt is one euro.');
  await visit.isAccessible();
  await button('Commit changes').click();
  await content('src/price.rs').getByText('in cents').waitFor();
  await page.locator('.hljs-keyword', { hasText: 'fn' }).waitFor();
  await visit.isAccessible();

  await link('shop').last().click();
  await link('src').waitFor();
  await button('Add file').click();
  await page.getByRole('menuitem', { name: 'Upload files' }).click();
  await page.getByText('No file is chosen').waitFor();
  const readme = '# The shop\n\nSee [the price](src/price.rs).\n\n<script>alert(1)</script>\n\n```rust\nfn a() {}\n```\n';
  writeFileSync(join(scratch, 'README.md'), readme);
  writeFileSync(join(scratch, 'dot.png'), Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
  writeFileSync(join(scratch, 'large.bin'), Buffer.alloc((6 << 20) + 1));
  await page.setInputFiles('input[type=file]', ['README.md', 'dot.png', 'large.bin'].map((name) => join(scratch, name)));
  await page.getByText('It has more than 6 MB').waitFor();
  expect(await button('Commit changes').isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Leave out large.bin' }).click();
  await visit.isAccessible();
  await visit.picture('repository-upload');
  await button('Commit changes').click();
  await heading('The shop').waitFor();
  await page.getByText('Uploaded 2 files').waitFor();
  await visit.isAccessible();
  await visit.picture('repository-code');

  await link('dot.png').click();
  await page.getByRole('img', { name: 'dot.png' }).waitFor();
  await visit.isAccessible();
  await at('shop/browse');
  await link('the price').click();
  await content('src/price.rs').waitFor();
});

test('a file is edited, what changed is seen before, and lines have addresses', async () => {
  await link('Edit').click();
  const area = page.getByLabel('Content of src/price.rs');
  await area.fill((await area.inputValue()).replace('100', '120'));
  await page.getByRole('tab', { name: 'Preview changes' }).click();
  await page.locator('.diff-table', { hasText: '120' }).waitFor();
  await visit.isAccessible();
  await page.getByLabel('Commit message').fill('Raise the price');
  await button('Commit changes').click();
  await content('src/price.rs').getByText('120').waitFor();
  await page.getByLabel('Go to line, like 10 or 10-20').fill('2-3');
  await page.getByLabel('Go to line, like 10 or 10-20').press('Enter');
  expect(await page.locator('.code-chosen').count()).toBe(2);
  expect(page.url()).toContain('?lines=2-3');
  await page.reload();
  await content('src/price.rs').waitFor();
  expect(await page.locator('.code-chosen').count()).toBe(2);
  await visit.picture('repository-file');
});

test('who is overtaken is told, and has ways on', async () => {
  await at('shop/edit/main/README.md');
  await page.getByLabel('Content of README.md').fill('# Mine\n');
  const put = async (filePath: string, text: string) =>
    call('PutFile', { repositoryName: 'shop', branchName: 'main', filePath, fileContent: base64(text), parentCommitId: await tip('main') });
  await put('other.txt', 'from elsewhere\n');
  await button('Commit changes').click();
  await page.getByText(/main has moved on to [0-9a-f]{8} since you began/).waitFor();
  await page.getByText('Nobody changed the same files').waitFor();
  await visit.isAccessible();
  await put('README.md', '# Theirs\n');
  await button('Commit on top of it').click();
  await page.getByText('The same file was changed there').waitFor();
  await page.locator('.diff-table', { hasText: '# Theirs' }).waitFor();
  await visit.picture('repository-overtaken');
  await button('Commit to a new branch').click();
  await page.getByRole('textbox', { name: 'New branch' }).fill('ann/readme');
  await visit.isAccessible();
  await button('Commit changes').click();
  await heading('Mine').waitFor();
  expect(page.url()).toContain('ann%2Freadme');
});

test('history, blame and what a commit changed', async () => {
  await at('shop/browse/main/src%2Fprice.rs');
  await link('Blame').click();
  await content('src/price.rs').getByText('Raise the price').waitFor();
  await content('src/price.rs').getByText('Begin with the price').first().waitFor();
  await visit.isAccessible();
  await visit.picture('repository-blame');
  await page.getByRole('link', { name: /The file before/ }).click();
  await page.getByText('Raise the price').waitFor({ state: 'detached' });

  await at('shop/history/main/src%2Fprice.rs');
  await heading('History of src/price.rs').waitFor();
  await page.getByRole('row', { name: /Begin with the price/ }).waitFor();
  await visit.isAccessible();

  await page.getByRole('tab', { name: 'Commits' }).click();
  await page.getByRole('row', { name: /Raise the price/ }).getByRole('link').first().click();
  await heading('Raise the price').waitFor();
  await page.locator('.diff-table', { hasText: '120' }).waitFor();
  await page.getByText('Ann Lee <ann@example.com>').first().waitFor();
  await page.getByRole('button', { name: 'Side by side' }).click();
  await page.locator('.diff-table', { hasText: '100' }).waitFor();
  await visit.isAccessible();
  await visit.picture('repository-commit');
});

test('the commit visualizer draws merges, and follows pushes', async () => {
  const merged = await call('MergeBranchesByThreeWay', {
    repositoryName: 'shop', sourceCommitSpecifier: 'ann/readme', destinationCommitSpecifier: 'main', targetBranch: 'main',
    conflictResolutionStrategy: 'ACCEPT_SOURCE', commitMessage: 'Bring the readme back', authorName: 'Ann Lee', email: 'ann@example.com',
  });
  await at('shop/visualizer');
  const graph = page.getByRole('region', { name: 'Commit graph' });
  await graph.getByText('Bring the readme back').waitFor();
  await graph.getByText(/a merge of [0-9a-f]{8} and [0-9a-f]{8}/).waitFor({ state: 'attached' });
  expect(await graph.locator('svg .dot').count()).toBe(await graph.getByRole('listitem').count());
  await visit.isAccessible();
  await visit.picture('repository-graph');

  // A push by git itself, seen without a click.
  const who = JSON.parse(await yard.json('codecommit', `${CODECOMMIT}.GetRepository`, { repositoryName: 'shop' }));
  expect(who.repositoryMetadata.defaultBranch).toBe('main');
  await call('CreateCommit', {
    repositoryName: 'shop', branchName: 'main', parentCommitId: merged.commitId, commitMessage: 'Come by itself',
    putFiles: [{ filePath: 'late.txt', fileContent: base64('late\n') }],
  });
  await graph.getByText('Come by itself').waitFor();
  await graph.getByRole('link', { name: 'Bring the readme back' }).click();
  await page.getByRole('button', { name: /Compare with/ }).click();
  await page.getByRole('option', { name: /Parent 2/ }).click();
  await page.getByRole('region', { name: 'other.txt' }).waitFor();
});

test('branches and tags are made, compared and deleted', async () => {
  await at('shop/branches');
  await button('Create branch').click();
  await page.getByLabel('Branch name').fill('no good');
  await page.getByText('Branches have no blanks').waitFor();
  await page.getByLabel('Branch name').fill('autumn');
  await visit.isAccessible();
  await page.getByRole('dialog').getByRole('button', { name: 'Create branch' }).click();
  await page.getByRole('row', { name: /autumn/ }).waitFor();
  await visit.isAccessible();
  await visit.picture('repository-branches');

  // Tags are git's to make.
  const made = JSON.parse(await yard.iam('CreateServiceSpecificCredential', { UserName: 'ann', ServiceName: 'codecommit.amazonaws.com' })
    .then((xml) => JSON.stringify({ name: /<ServiceUserName>([^<]+)/.exec(xml)?.[1], password: /<ServicePassword>([^<]+)/.exec(xml)?.[1] })));
  const url = `${yard.url.replace('//', `//${encodeURIComponent(made.name)}:${encodeURIComponent(made.password.replaceAll('&amp;', '&'))}@`)}/v1/repos/shop`;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', ...args], { cwd: scratch, env: { PATH: process.env.PATH, HOME: scratch, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' } });
  git('clone', '-q', url, 'clone');
  git('-C', 'clone', 'tag', '-a', '-m', 'First release', 'v1.0');
  git('-C', 'clone', 'push', '-q', 'origin', 'v1.0');
  await page.getByRole('tab', { name: 'Git tags' }).click();
  await page.getByRole('row', { name: /v1\.0.*First release/ }).waitFor();
  await visit.isAccessible();
  await link('v1.0').click();
  await page.getByRole('button', { name: /Tag: v1\.0/ }).waitFor();
  expect(await link('Edit').count()).toBe(0);

  await at('shop/compare/ann%2Freadme/main');
  await page.getByRole('region', { name: 'late.txt' }).waitFor();
  await visit.isAccessible();

  await at('shop/branches');
  await page.getByRole('radio', { name: 'Select autumn' }).check();
  await button('Delete branch').click();
  await page.getByLabel('Type autumn to confirm').fill('autumn');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete branch' }).click();
  await page.getByRole('row', { name: /autumn/ }).waitFor({ state: 'detached' });
});

test('a file is renamed and deleted', async () => {
  await at('shop/rename/main/other.txt');
  await page.getByLabel('New path').fill('notes/other.txt');
  await button('Commit new name').click();
  await content('notes/other.txt').getByText('from elsewhere').waitFor();
  await at('shop/delete/main/notes%2Fother.txt');
  await visit.isAccessible();
  await button('Commit deletion').click();
  await link('late.txt').waitFor();
  expect(await page.getByRole('link', { name: 'notes', exact: true }).count()).toBe(0);
});

test('settings, and what is not supported is said', async () => {
  await at('shop/settings');
  await button('Edit the description').click();
  await page.getByRole('dialog').getByLabel('Description').fill('All that we sell');
  await button('Save').click();
  await page.getByText('All that we sell').waitFor();
  await visit.isAccessible();
  await visit.picture('repository-settings');
  for (const [tab, said] of [['Notifications', 'aws.codecommit'], ['Triggers', 'There are no triggers'], ['Repository tags', 'There are no tags.'], ['Approval rule templates', 'No template is associated']]) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByText(said).first().waitFor();
    await visit.isAccessible();
  }
});

test('an approval rule template is made and associated', async () => {
  await link('Approval rule templates').first().click();
  await page.getByText('There are no templates yet').waitFor();
  await button('Create template').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Template name').fill('two-eyes');
  await dialog.getByLabel('Approval pool members').fill('rod');
  await dialog.getByLabel('Branch filters').fill('main');
  await visit.isAccessible();
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('row', { name: /two-eyes.*one approval by rod.*into main/ }).waitFor();
  await visit.isAccessible();
  await at('shop/settings/templates');
  await button('Associate template').click();
  await dialog.getByRole('button', { name: /Approval rule templates/ }).click();
  await page.getByRole('option', { name: 'two-eyes' }).click();
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Associate', exact: true }).click();
  await page.getByRole('row', { name: /two-eyes/ }).waitFor();
  await page.goto(`${yard.url}/console/#/codecommit/approval-rule-templates`);
  await page.getByRole('radio', { name: 'Select two-eyes' }).check();
  await button('Delete').click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('There are no templates yet').waitFor();
});

test('a long file scrolls, and a strange name does no harm', async () => {
  const long = Array.from({ length: 60_000 }, (_, index) => `let line_${index + 1} = ${index};`).join('\n');
  const odd = 'a #b?c%20/<img src=x>&.js';
  await call('CreateCommit', {
    repositoryName: 'shop', branchName: 'main', parentCommitId: await tip('main'), commitMessage: '<b>Odd</b> & long',
    putFiles: [{ filePath: 'long.js', fileContent: base64(long) }, { filePath: odd, fileContent: base64('odd();\n') }],
  });
  await at('shop/browse/main/long.js?lines=50000');
  await content('long.js').getByText('line_50000', { exact: false }).waitFor();
  expect(await page.locator('.code-row').count()).toBeLessThan(200);
  await at('shop/browse');
  await link('a #b?c%20').click();
  await link('<img src=x>&.js').click();
  await content(odd).getByText('odd').waitFor();
  await visit.isAccessible();
});

test('narrow windows and the dark', async () => {
  await page.setViewportSize({ width: 400, height: 800 });
  const shown = { code: '.markdown', file: '.code-row', graph: '.graph-row', blame: '.code-begins' };
  for (const [path, name] of [['shop/browse', 'code'], ['shop/browse/main/src%2Fprice.rs', 'file'], ['shop/visualizer', 'graph'], ['shop/blame/main/src%2Fprice.rs', 'blame']] as const) {
    await at(path);
    await page.locator(shown[name]).first().waitFor();
    await page.locator(shown[name]).first().scrollIntoViewIfNeeded();
    await visit.picture(`repository-narrow-${name}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name).toBe(true);
  }
  await page.setViewportSize({ width: 1280, height: 860 });
  await button('Light or dark').click();
  for (const [path, name] of [['shop/browse/main/src%2Fprice.rs', 'file'], ['shop/visualizer', 'graph'], ['shop/blame/main/src%2Fprice.rs', 'blame']] as const) {
    await at(path);
    await page.locator(shown[name]).first().waitFor();
    await visit.isAccessible();
    await visit.picture(`repository-dark-${name}`);
  }
  await button('Light or dark').click();
});

test('a read-only user reads, and is refused by policy', async () => {
  await visit.signOut('ann');
  await visit.signIn('rod', PASSWORD);
  await at('shop/browse/main/src%2Fprice.rs');
  await content('src/price.rs').getByText('120').waitFor();
  await link('Edit').click();
  await page.getByLabel('Content of src/price.rs').fill('fn price() {}\n');
  await button('Commit changes').click();
  await page.getByText('Nothing was committed: AccessDeniedException').waitFor();
  await page.getByText(/codecommit:CreateCommit/).first().waitFor();
  await page.getByText(/Request id [0-9a-f-]{36}/).waitFor();
  await visit.isAccessible();
  await at('shop/visualizer');
  await page.getByRole('region', { name: 'Commit graph' }).getByText('Raise the price').waitFor();
  await visit.signOut('rod');
});

test('a repository goes for good when its name is typed', async () => {
  await visit.signIn('ann', PASSWORD);
  await at('shop/settings');
  await button('Delete repository').click();
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Delete repository' });
  expect(await confirm.isDisabled()).toBe(true);
  await page.getByLabel('Type shop to confirm').fill('shop');
  await confirm.click();
  await page.getByText('There are no repositories yet').waitFor();
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
