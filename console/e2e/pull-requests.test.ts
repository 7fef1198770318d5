// Pull requests: made, discussed, approved, resolved and merged by several people.

import { expect, test } from 'vitest';
import { open, page, story, visit, yard } from './story';
import { PASSWORD } from './visit';

const SHOP = 'arn:aws:codecommit:us-east-1:000000000000:shop';

const codecommit = async (operation: string, input: object) => JSON.parse((await yard.json('codecommit', `CodeCommit_20150413.${operation}`, input)) || '{}');

/** A commit on a branch of the shop: files with their content, or `null` to delete them. Tells its id. */
async function commit(branchName: string, parentCommitId: string | undefined, commitMessage: string, files: Record<string, string | Buffer | null>): Promise<string> {
  const entries = Object.entries(files);
  const { commitId } = await codecommit('CreateCommit', {
    repositoryName: 'shop', branchName, parentCommitId, commitMessage, authorName: 'Ann', email: 'ann@shop.example',
    putFiles: entries.flatMap(([filePath, content]) => (content === null ? [] : [{ filePath, fileContent: Buffer.from(content).toString('base64') }])),
    deleteFiles: entries.flatMap(([filePath, content]) => (content === null ? [{ filePath }] : [])),
  });
  return commitId;
}

const branch = (branchName: string, commitId: string) => codecommit('CreateBranch', { repositoryName: 'shop', branchName, commitId });
const tip = async (branchName: string) => (await codecommit('GetBranch', { repositoryName: 'shop', branchName })).branch.commitId as string;
const fileAt = async (filePath: string, commitSpecifier = 'main') =>
  Buffer.from((await codecommit('GetFile', { repositoryName: 'shop', commitSpecifier, filePath })).fileContent, 'base64').toString();

const greeting = (change: Record<number, string> = {}) =>
  Array.from({ length: 40 }, (_, at) => change[at + 1] ?? `export const line${at + 1} = 'as it was';`).join('\n') + '\n';

/** A picture of one pixel. */
const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

story({
  prepare: async () => {
    await codecommit('CreateRepository', { repositoryName: 'shop' });
    const first = await commit('main', undefined, 'Open the shop', {
      'README.md': '# Shop\n', 'src/greeting.js': greeting(), 'src/old.js': 'export const moved = true;\n', 'docs/gone.md': 'To be deleted\n', 'docs/kept.md': 'A\nB\n',
    });
    await branch('greet-better', first);
    await commit('greet-better', first, 'Greet better', {
      'src/greeting.js': greeting({ 5: "export const line5 = 'as Ann wants it';", 30: "export const line30 = 'better';" }),
      'src/new.js': 'export const moved = true;\n', 'src/old.js': null,
      'docs/gone.md': 'Ann needs it\n', 'logo.png': pixel,
    });
    const second = await commit('main', first, 'Greet otherwise', {
      'src/greeting.js': greeting({ 5: "export const line5 = 'as main has it';" }), 'docs/gone.md': null,
    });
    await branch('tidy', second);
    await commit('tidy', second, 'Tell what is sold', { 'docs/kept.md': 'A\nB\nC\n' });

    const all = { Effect: 'Allow', Action: ['codecommit:*', 'codebuild:BatchGetBuilds'], Resource: '*' };
    const read = { Effect: 'Allow', Action: ['codecommit:Get*', 'codecommit:List*', 'codecommit:Describe*', 'codecommit:BatchGet*', 'codecommit:BatchDescribe*', 'codecommit:Evaluate*'], Resource: SHOP };
    await yard.user('ann', PASSWORD, [all]);
    await yard.user('bob', PASSWORD, [all]);
    await yard.user('rod', PASSWORD, [read]);
  },
});

const at = (path: string) => page.goto(`${yard.url}/console/#/codecommit/repositories/shop/${path}`);

test('ann makes a pull request and sees beforehand that it conflicts', async () => {
  await page.goto(`${yard.url}/console/`);
  await visit.signIn('ann', PASSWORD);
  await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
  await at('pull-requests');
  await page.getByText('No pull request is open').waitFor();
  await visit.isAccessible();
  await page.getByRole('link', { name: 'Create pull request' }).click();
  await page.getByRole('button', { name: 'Create pull request' }).click();
  await page.getByText('Choose the branch whose commits are to be merged').waitFor();

  await page.getByRole('button', { name: /^Source ./ }).click();
  await page.getByRole('option', { name: 'greet-better' }).click();
  await page.getByText('Conflicts must be resolved').waitFor();
  await page.getByText('4 files differ').waitFor();
  // The moved file is told as one.
  await page.getByText('src/old.js → src/new.js').waitFor();
  expect(await page.getByLabel('Title').inputValue()).toBe('Greet better');
  await page.getByLabel('Description').fill('Greets **better**, see [the shop](https://shop.example/).\n\n- [x] tried\n\n<script>alert(1)</script>');
  await visit.isAccessible();
  await visit.picture('create-pull-request');
  await page.getByRole('button', { name: 'Create pull request' }).click();

  await page.getByRole('heading', { name: '1: Greet better', level: 1 }).waitFor();
  await page.getByRole('strong').filter({ hasText: 'better' }).waitFor();
  await page.getByText('Conflicts must be resolved').waitFor();
  await page.getByText('Nothing has built this commit').waitFor();
  await visit.isAccessible();
  await visit.picture('pull-request');
});

test('ann asks for an approval by bob', async () => {
  await page.getByRole('tab', { name: /Approvals/ }).click();
  await page.getByText('There are no approval rules').waitFor();
  await page.getByRole('button', { name: 'Create approval rule' }).click();
  await page.getByLabel('Rule name').fill('bob-reads');
  await page.getByLabel(/Approval pool members/).fill('two words');
  await page.getByText(/Each is a user’s name/).waitFor();
  await page.getByLabel(/Approval pool members/).fill('bob');
  await page.getByRole('button', { name: 'JSON', exact: true }).click();
  expect(await page.getByLabel('Rule', { exact: true }).inputValue()).toContain('"CodeCommitApprovers:000000000000:bob"');
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Needs one approval by bob').waitFor();
  await page.getByText('Not satisfied', { exact: true }).waitFor();
  await visit.isAccessible();
  // The author's own would not count, and is not offered.
  expect(await page.getByRole('button', { name: 'Approve', exact: true }).isDisabled()).toBe(true);
  await page.getByRole('link', { name: 'Merge', exact: true }).click();
  await page.getByText(/until these are satisfied or overridden: bob-reads/).waitFor();
  await visit.signOut('ann');
});

test('bob comments on a line, by keys, and approves', async () => {
  await visit.signIn('bob', PASSWORD);
  await page.getByRole('heading', { name: /Merge pull request 1/ }).waitFor();
  await at('pull-requests/1?tab=changes');
  const greetings = page.getByRole('region', { name: 'src/greeting.js' });
  await greetings.getByText('as Ann wants it').waitFor();
  await greetings.locator('mark', { hasText: 'Ann wants' }).waitFor();
  await page.getByRole('region', { name: 'logo.png' }).getByRole('img').waitFor();
  await visit.isAccessible();
  await visit.picture('pull-request-changes');

  // What is hidden opens.
  await greetings.getByRole('button', { name: /Show 20 lines from line 9/ }).waitFor({ state: 'detached' });
  await greetings.getByRole('button', { name: /equal lines from line 9/ }).click();
  await greetings.getByText('line20 =').waitFor();

  const line = greetings.getByRole('button', { name: 'Comment on line 4 after' });
  await line.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Comment on line 5 after');
  await page.keyboard.press('Enter');
  await page.getByLabel('Comment on line 5 of src/greeting.js').fill('Why *this* greeting?');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  const thread = page.getByRole('article', { name: 'Comment by bob' });
  await thread.getByText('Why this greeting?').waitFor();
  await visit.isAccessible();

  await page.getByRole('button', { name: 'Side by side' }).click();
  await thread.getByText('Why this greeting?').waitFor();
  await visit.isAccessible();
  await visit.picture('pull-request-split');
  await page.getByRole('button', { name: 'Unified' }).click();

  await thread.getByRole('button', { name: 'Edit comment' }).click();
  await thread.getByLabel('Edit comment').fill('Why *this* greeting, Ann?');
  await thread.getByRole('button', { name: 'Save' }).click();
  await thread.getByText('Why this greeting, Ann?').waitFor();

  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByRole('button', { name: 'Revoke approval' }).waitFor();
  await page.getByRole('tab', { name: 'Approvals (1)' }).click();
  await page.getByText('Satisfied', { exact: true }).waitFor();
  await visit.signOut('bob');
});

test('ann replies, reacts, and sees by itself what others say and what was built', async () => {
  await visit.signIn('ann', PASSWORD);
  await page.getByRole('heading', { name: '1: Greet better', level: 1 }).waitFor();
  await page.getByRole('tab', { name: /Activity/ }).click();
  await page.getByText('approved the pull request').waitFor();
  await page.getByText('created the approval rule bob-reads').waitFor();
  const thread = page.getByRole('article', { name: 'Comment by bob' });
  await thread.getByRole('button', { name: 'Reply to bob' }).click();
  await thread.getByLabel('Reply to bob').fill('Because it is mine.');
  await page.keyboard.press('Control+Enter');
  await thread.getByText('Because it is mine.').waitFor();
  await thread.getByRole('button', { name: 'React' }).first().click();
  await page.getByRole('menuitem', { name: /thumbsup/ }).click();
  const thumbs = thread.getByRole('button', { name: /^thumbsup: 1/ });
  await thumbs.waitFor();
  expect(await thumbs.getAttribute('aria-pressed')).toBe('true');
  await page.getByLabel('Comment on the pull request').fill('To be deleted');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  const own = page.getByRole('article', { name: 'Comment by ann' });
  await own.getByRole('button', { name: 'Delete comment' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await own.waitFor({ state: 'detached' });
  await visit.isAccessible();
  await visit.picture('pull-request-activity');

  // Somebody else's words and a build come without a click.
  await page.getByRole('button', { name: /^Live/ }).waitFor();
  const { pullRequest } = await codecommit('GetPullRequest', { pullRequestId: '1' });
  const { sourceCommit, mergeBase } = pullRequest.pullRequestTargets[0];
  await codecommit('PostCommentForPullRequest', { pullRequestId: '1', repositoryName: 'shop', beforeCommitId: mergeBase, afterCommitId: sourceCommit, content: 'Root was here' });
  await page.getByText('Root was here').waitFor();
  await build(sourceCommit);
  await page.getByRole('tab', { name: 'Details' }).click();
  await page.getByRole('link', { name: 'checks #1' }).waitFor();
  await page.getByText('Succeeded').waitFor({ timeout: 30_000 });
});

/** Builds a commit of the shop with a project `checks`. */
async function build(sourceVersion: string) {
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await yard.iam('CreateRole', { RoleName: 'checks', AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal: { Service: 'codebuild.amazonaws.com' }, Action: 'sts:AssumeRole' }) });
  await yard.iam('PutRolePolicy', { RoleName: 'checks', PolicyName: 'own', PolicyDocument: document({ Effect: 'Allow', Action: ['logs:*', 'codecommit:GitPull'], Resource: '*' }) });
  const location = (await codecommit('GetRepository', { repositoryName: 'shop' })).repositoryMetadata.cloneUrlHttp;
  await yard.json('codebuild', 'CodeBuild_20161006.CreateProject', {
    name: 'checks',
    source: { type: 'CODECOMMIT', location, buildspec: 'version: 0.2\nphases:\n  build:\n    commands:\n      - test -f src/new.js' },
    artifacts: { type: 'NO_ARTIFACTS' },
    environment: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/standard:7.0', computeType: 'BUILD_GENERAL1_SMALL' },
    serviceRole: 'arn:aws:iam::000000000000:role/checks',
  });
  await yard.json('codebuild', 'CodeBuild_20161006.StartBuild', { projectName: 'checks', sourceVersion });
}

test('a push makes comments on its lines outdated, and takes the approval away', async () => {
  await commit('greet-better', await tip('greet-better'), 'Greet warmly', {
    'src/greeting.js': greeting({ 5: "export const line5 = 'as Ann warmly wants it';", 30: "export const line30 = 'better';" }),
  });
  await page.getByRole('tab', { name: 'Approvals (0)' }).waitFor();
  await page.getByRole('tab', { name: 'Changes' }).click();
  await page.getByText('as Ann warmly wants it').waitFor();
  await page.getByText(/Outdated: at line 5 of/).waitFor();
  // What the comment was about is still there to read.
  await page.locator('pre', { hasText: "line5 = 'as Ann wants it'" }).waitFor();
  await page.getByText('Because it is mine.').waitFor();
  await page.getByRole('tab', { name: 'Commits' }).click();
  await page.getByRole('link', { name: 'Greet warmly' }).waitFor();
  expect(await page.getByRole('grid', { name: 'Commits' }).getByRole('link', { name: /Greet/ }).count()).toBe(2);
  await visit.isAccessible();
  await approveAgainAs('bob');
});

/** Somebody approves the new revision; then ann goes on. */
async function approveAgainAs(user: string) {
  await visit.signOut('ann');
  await visit.signIn(user, PASSWORD);
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByRole('button', { name: 'Revoke approval' }).waitFor();
  await visit.signOut(user);
  await visit.signIn('ann', PASSWORD);
}

test('ann decides the conflicts and merges by squash', async () => {
  await page.getByRole('heading', { name: '1: Greet better', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Merge', exact: true }).click();
  await page.getByText('(0/2 decided)').waitFor();
  const merge = page.getByRole('button', { name: 'Merge pull request' });
  expect(await merge.isDisabled()).toBe(true);
  await page.getByRole('radio', { name: /Squash and merge/ }).click();
  const lines = page.getByRole('group', { name: 'Conflict 1 of src/greeting.js' }).first();
  await lines.getByText("'as main has it'").waitFor();
  await visit.isAccessible();
  await lines.getByRole('button', { name: 'Both, destination first' }).click();
  await page.getByText('(1/2 decided)').waitFor();
  await lines.getByRole('button', { name: 'Edit by hand' }).click();
  await page.getByLabel(/What stands there/).fill("export const line5 = 'as both want it';");
  await page.getByRole('radio', { name: 'Keep the file of greet-better (13 bytes)' }).click();
  await page.getByText('(2/2 decided)').waitFor();
  await visit.isAccessible();
  await visit.picture('pull-request-merge');
  await page.getByLabel('Commit message').fill('Greet better together');
  await page.getByLabel('Email address').fill('ann@shop.example');
  await page.getByRole('checkbox', { name: /Delete the source branch/ }).click();
  await merge.click();

  await page.getByText('Pull request 1 was merged into main').waitFor();
  await page.getByText('The branch greet-better was deleted').waitFor();
  await page.getByText('Squash and merge').waitFor();
  await visit.isAccessible();
  expect(await fileAt('src/greeting.js')).toBe(greeting({ 5: "export const line5 = 'as both want it';", 30: "export const line30 = 'better';" }));
  expect(await fileAt('docs/gone.md')).toBe('Ann needs it\n');
  const { commit: made } = await codecommit('GetCommit', { repositoryName: 'shop', commitId: await tip('main') });
  expect([made.message.trim(), made.parents.length, made.author.name, made.author.email]).toEqual(['Greet better together', 1, 'ann', 'ann@shop.example']);
  await expect(tip('greet-better')).rejects.toThrow('BranchDoesNotExist');
});

test('a three-way merge keeps both histories, and a fast-forward makes no commit', async () => {
  const open = (title: string, sourceReference: string) =>
    codecommit('CreatePullRequest', { title, targets: [{ repositoryName: 'shop', sourceReference, destinationReference: 'main' }] });
  await open('Tell what is sold', 'tidy');
  await at('pull-requests/2');
  await page.getByText('No conflicts', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Merge', exact: true }).click();
  expect(await page.getByRole('radio', { name: /Fast forward merge/ }).isDisabled()).toBe(true);
  await page.getByRole('radio', { name: /3-way merge/ }).click();
  await page.getByRole('button', { name: 'Merge pull request' }).click();
  await page.getByText('Pull request 2 was merged into main').waitFor();
  const merged = await tip('main');
  expect((await codecommit('GetCommit', { repositoryName: 'shop', commitId: merged })).commit.parents.length).toBe(2);

  await branch('next', merged);
  const ahead = await commit('next', merged, 'Sell more', { 'docs/kept.md': 'A\nB\nC\nD\n' });
  await open('Sell more', 'next');
  await at('pull-requests/3/merge');
  const forward = page.getByRole('radio', { name: /Fast forward merge/ });
  await forward.waitFor();
  await expect.poll(() => forward.isChecked()).toBe(true);
  await page.getByRole('button', { name: 'Merge pull request' }).click();
  await page.getByText('Pull request 3 was merged into main').waitFor();
  expect(await tip('main')).toBe(ahead);
});

test('rules can be overridden with a reason, edited and deleted; pull requests renamed and closed', async () => {
  await branch('idea', await tip('main'));
  await commit('idea', await tip('idea'), 'An idea', { 'idea.md': 'An idea\n' });
  await codecommit('CreatePullRequest', { title: 'An idea', targets: [{ repositoryName: 'shop', sourceReference: 'idea', destinationReference: 'main' }] });
  await codecommit('CreatePullRequestApprovalRule', {
    pullRequestId: '4', approvalRuleName: 'two',
    approvalRuleContent: '{"Version":"2018-11-08","Statements":[{"Type":"Approvers","NumberOfApprovalsNeeded":2}]}',
  });
  await at('pull-requests/4/merge');
  await page.getByText(/until these are satisfied or overridden: two/).waitFor();
  await page.getByRole('button', { name: 'Merge pull request' }).click();
  await page.getByText('It was not merged: PullRequestApprovalRulesNotSatisfiedException').waitFor();
  await page.getByText('The tab Approvals tells whose approval is missing.', { exact: false }).waitFor();
  await at('pull-requests/4?tab=approvals');
  await page.getByRole('button', { name: 'Edit two' }).click();
  await page.getByLabel('Number of approvals needed').fill('3');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Needs 3 approvals by anybody but the author').waitFor();
  await page.getByRole('button', { name: 'Override approval rules' }).click();
  await page.getByLabel(/Reason/).fill('It is urgent');
  await page.getByRole('button', { name: 'Override', exact: true }).click();
  await page.getByText('Rules overridden by ann').waitFor();
  await page.getByText('Overridden', { exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Activity (1)' }).click();
  await page.getByText('Overrode the approval rules: It is urgent').waitFor();
  await page.getByRole('tab', { name: /Approvals/ }).click();
  await page.getByRole('button', { name: 'Revoke override' }).click();
  await page.getByRole('button', { name: 'Delete two' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('There are no approval rules').waitFor();
  await page.getByRole('button', { name: 'Edit title' }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('A poor idea');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: '4: A poor idea', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Close pull request' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close pull request' }).click();
  await page.getByText('Closed', { exact: true }).waitFor();
});

test('the list tells open, closed and merged ones apart, and finds those of an author', async () => {
  await at('pull-requests');
  await page.getByText('No pull request is open').waitFor();
  await page.getByRole('button', { name: 'Merged', exact: true }).click();
  await page.getByRole('link', { name: '1: Greet better' }).waitFor();
  expect(await page.getByRole('grid', { name: 'Pull requests' }).getByRole('link', { name: /^\d: / }).count()).toBe(3);
  await page.getByRole('button', { name: 'Closed', exact: true }).click();
  await page.getByRole('link', { name: '4: A poor idea' }).waitFor();
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.getByRole('link', { name: '3: Sell more' }).waitFor();
  await page.getByLabel('Author').fill('ann');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: '3: Sell more' }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: '1: Greet better' }).waitFor();
  await visit.isAccessible();
  await visit.picture('pull-requests');
  await visit.signOut('ann');
});

test('a read-only user sees all and is refused by policy', async () => {
  await branch('more', await tip('main'));
  await commit('more', await tip('more'), 'More', { 'more.md': 'More\n' });
  await codecommit('CreatePullRequest', { title: 'More', targets: [{ repositoryName: 'shop', sourceReference: 'more', destinationReference: 'main' }] });
  await visit.signIn('rod', PASSWORD);
  await at('pull-requests/5?tab=changes');
  const more = page.getByRole('region', { name: 'more.md' });
  await more.getByRole('button', { name: 'Comment on line 1 after' }).click();
  await page.getByLabel('Comment on line 1 of more.md').fill('No right to');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await page.getByText('It was not saved: AccessDeniedException').waitFor();
  await page.getByText(/user\/rod is not authorized to perform: codecommit:PostCommentForPullRequest/).first().waitFor();
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByText('It was not approved: AccessDeniedException').waitFor();
  await page.getByRole('link', { name: 'Merge', exact: true }).click();
  await page.getByRole('button', { name: 'Merge pull request' }).click();
  await page.getByText('It was not merged: AccessDeniedException').waitFor();
  await visit.isAccessible();
});

test('pages fit narrow windows, and the dark', async () => {
  await page.setViewportSize({ width: 400, height: 800 });
  await at('pull-requests/1?tab=changes');
  await page.getByText('as both want it').or(page.getByText('as Ann warmly wants it')).first().waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
  await page.getByRole('region', { name: 'src/greeting.js' }).getByRole('table').scrollIntoViewIfNeeded();
  await visit.picture('pull-request-narrow');
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.getByRole('button', { name: 'Light or dark' }).click();
  await visit.isAccessible();
  await visit.picture('pull-request-dark');
  await at('pull-requests/1?tab=activity');
  await page.getByText('Because it is mine.').waitFor();
  await visit.isAccessible();
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
