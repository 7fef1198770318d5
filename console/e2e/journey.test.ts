// One change after another on its way: pushed, built, approved, deployed; broken, mended, reviewed and merged; and what Home tells of it.

import { expect, test } from 'vitest';
import { addHost, bucket, BUCKET, Clone, removeHost, revision, role, serviceRole } from './delivery';
import { button, dialog, open, page, story, visit, yard } from './story';
import { PASSWORD } from './visit';

let clone: Clone;
const heading = (name: string | RegExp) => page.getByRole('heading', { name, level: 1 });
const stage = (name: string) => page.getByRole('region', { name: `Stage ${name}` });
/** Builds and deployments take their time on a busy machine. */
const SLOW = { timeout: 60_000 };

const buildspec = [
  'version: 0.2',
  'phases:',
  '  build:',
  '    commands:',
  '      - echo looking at the page',
  '      - \'grep -q "<h1>" page.html || { echo "error: page.html has no heading" >&2; exit 1; }\'',
  'artifacts:',
  '  files: ["**/*"]',
  '',
].join('\n');

const action = (name: string, category: string, provider: string, configuration: object, more: object = {}) => ({
  name,
  actionTypeId: { category, owner: 'AWS', provider, version: '1' },
  configuration,
  ...more,
});

/** From a push to main, by a build and an approval, to a host. */
const pipeline = () => ({
  name: 'release',
  pipelineType: 'V2',
  roleArn: role('pipeline'),
  artifactStore: { type: 'S3', location: BUCKET },
  stages: [
    { name: 'Source', actions: [action('Source', 'Source', 'CodeCommit', { RepositoryName: 'site', BranchName: 'main' }, { outputArtifacts: [{ name: 'source' }] })] },
    { name: 'Build', actions: [action('Build', 'Build', 'CodeBuild', { ProjectName: 'page' }, { inputArtifacts: [{ name: 'source' }], outputArtifacts: [{ name: 'built' }] })] },
    { name: 'Approve', actions: [action('Approve', 'Approval', 'Manual', { CustomData: 'Is the page good?' })] },
    { name: 'Deploy', actions: [action('Deploy', 'Deploy', 'CodeDeploy', { ApplicationName: 'site', DeploymentGroupName: 'live' }, { inputArtifacts: [{ name: 'built' }] })] },
  ],
});

story({
  prepare: async () => {
    await bucket(yard);
    await serviceRole(yard, 'pipeline', 'codepipeline', ['codecommit:*', 's3:*', 'codebuild:*', 'codedeploy:*']);
    await serviceRole(yard, 'builder', 'codebuild', ['logs:*', 's3:*']);
    await serviceRole(yard, 'deployer', 'codedeploy', ['s3:Get*']);
    addHost(yard, 'web-1');
    clone = await Clone.of(yard, 'site');
    clone.push('Open the site', { ...revision('echo well'), 'buildspec.yml': buildspec });
    await yard.json('codebuild', 'CodeBuild_20161006.CreateProject', {
      name: 'page',
      source: { type: 'CODEPIPELINE' },
      artifacts: { type: 'CODEPIPELINE' },
      environment: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/standard:7.0', computeType: 'BUILD_GENERAL1_SMALL' },
      serviceRole: role('builder'),
    });
    await yard.json('codedeploy', 'CodeDeploy_20141006.CreateApplication', { applicationName: 'site', computePlatform: 'Server' });
    await yard.json('codedeploy', 'CodeDeploy_20141006.CreateDeploymentGroup', {
      applicationName: 'site',
      deploymentGroupName: 'live',
      serviceRoleArn: role('deployer'),
      deploymentConfigName: 'CodeDeployDefault.AllAtOnce',
      onPremisesInstanceTagFilters: [{ Key: 'env', Value: 'e2e', Type: 'KEY_AND_VALUE' }],
    });
    const services = ['codepipeline', 'codebuild', 'codecommit', 'codedeploy'];
    const read = [...services.flatMap((name) => ['Get*', 'List*', 'BatchGet*', 'Describe*', 'Evaluate*', 'BatchDescribe*'].map((what) => `${name}:${what}`)), 'logs:GetLogEvents'];
    await yard.user('ann', PASSWORD, [{ Effect: 'Allow', Action: [...services.map((name) => `${name}:*`), 'logs:GetLogEvents'], Resource: '*' }]);
    await yard.user('bob', PASSWORD, [{ Effect: 'Allow', Action: [...read, 'codecommit:*', 'codepipeline:PutApprovalResult'], Resource: '*' }]);
    await yard.user('rod', PASSWORD, [{ Effect: 'Allow', Action: read, Resource: '*' }]);
    await yard.json('codepipeline', 'CodePipeline_20150709.CreatePipeline', { pipeline: pipeline() });
  },
  leave: () => {
    yard.run('quickstart', '--remove');
    removeHost(yard, 'web-1');
    clone?.remove();
  },
});

async function changeTo(from: string, to: string) {
  await visit.signOut(from);
  await visit.signIn(to, PASSWORD);
}

/** Approves what waits, whose commit has this message, and sees it deployed. */
async function approve(message: string, picture?: string) {
  await stage('Approve').getByText(message).first().waitFor(SLOW);
  await button('Review Approve').waitFor(SLOW);
  if (picture) {
    await page.setViewportSize({ width: 1280, height: 1340 });
    await visit.picture(picture);
    await page.setViewportSize({ width: 1280, height: 860 });
  }
  await button('Review Approve').click();
  await dialog().getByText('Is the page good?').waitFor();
  await dialog().getByLabel('Comments – optional').fill(`Yes: ${message}`);
  await dialog().getByRole('button', { name: 'Submit' }).click();
  await stage('Deploy').getByText(message).first().waitFor(SLOW);
  await stage('Deploy').getByText('Succeeded').first().waitFor(SLOW);
}

test('a push goes through source, build and approval to the host', async () => {
  await open('/');
  await visit.signIn('ann', PASSWORD);
  await heading('Home').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox', { name: 'Name of a page or a resource' }).fill('rele');
  await page.getByRole('link', { name: 'release Pipeline' }).waitFor();
  await page.keyboard.press('Enter');
  await heading('release').waitFor();
  await approve('Open the site');
  // Nothing is clicked to see it: the page follows the push.
  clone.push('Greet the world', { 'page.html': '<h1>Hello world</h1>\n' });
  await stage('Source').getByText('Greet the world').first().waitFor(SLOW);
  await approve('Greet the world');
});

test('home tells how deliveries go, and what waits', async () => {
  await open('/');
  await page.getByText('2 succeeded', { exact: true }).waitFor();
  await page.getByText('0 of 2 failed').waitFor();
  await page.getByText('1 pipeline. A delivery is an execution that deployed.').waitFor();
  await page.getByRole('img', { name: /Deliveries by day\. .*[12] succeeded, 0 failed/ }).waitFor();
  await page.getByText('No pipeline is running').waitFor();
  await page.getByRole('button', { name: '7 days' }).click();
  await page.getByText('2 succeeded', { exact: true }).waitFor();
  await visit.isAccessible();
  // Who may not start the quickstart is told so, and is not offered it.
  expect(await button('Create the quickstart application').getAttribute('aria-disabled')).toBe('true');
  await page.getByText('No policy allows you codeyard:GetQuickstart').first().waitFor({ state: 'attached' });
});

test('a push breaks the build; its log says where, and home says why', async () => {
  await page.getByRole('button', { name: /^Live/ }).waitFor();
  clone.push('Drop the heading', { 'page.html': 'Hello world\n' });
  const failed = page.getByRole('table', { name: 'Pipelines that failed' });
  await failed.getByText('Build · Build').waitFor(SLOW);
  await page.getByRole('heading', { name: 'Failed lately' }).waitFor();
  await visit.isAccessible();
  // Without the messages of what was done.
  await page.reload();
  await failed.getByText('Build · Build').waitFor();
  await page.setViewportSize({ width: 1280, height: 1060 });
  await visit.picture('home');
  await page.setViewportSize({ width: 1280, height: 860 });
  await failed.getByRole('link', { name: 'release', exact: true }).click();
  await stage('Build').getByRole('link', { name: 'Build details of Build' }).click();
  await heading(/page #3/).waitFor();
  await page.locator('.log-error').first().waitFor();
  await button('Jump to error').click();
  await page.locator('.log-at', { hasText: /^\d+error: page.html has no heading$/ }).waitFor();
  await visit.isAccessible();
});

test('the file is mended in the browser, and the pipeline is green again', async () => {
  await open('/codecommit/repositories/site/edit/main/page.html');
  await page.getByLabel('Content of page.html').fill('<h1>Hello, world</h1>\n');
  await page.getByRole('tab', { name: 'Preview changes' }).click();
  await page.locator('.diff-table', { hasText: '<h1>' }).waitFor();
  await page.getByLabel('Commit message').fill('Bring the heading back');
  await button('Commit changes').click();
  await page.getByText(/Committed [0-9a-f]{8} to main/).waitFor();
  await open('/codepipeline/pipelines/release');
  await approve('Bring the heading back', 'pipeline-waits');
  await stage('Deploy').getByRole('link', { name: 'Deployment details of Deploy' }).click();
  await page.getByText('1 of 1 hosts have it').first().waitFor(SLOW);
  await page.getByRole('table', { name: 'Events of web-1' }).getByText('ValidateService').waitFor();
});

test('a change on a branch is reviewed line by line, approved and merged', async () => {
  await open('/codecommit/repositories/site/edit/main/page.html');
  await page.getByLabel('Content of page.html').fill('<h1>Hello, world</h1>\n<p>Come in.</p>\n');
  await page.getByLabel('Commit message').fill('Invite people');
  await page.getByRole('radio', { name: /new branch/ }).click();
  await page.getByRole('textbox', { name: 'New branch' }).fill('invite');
  await button('Commit changes').click();
  await page.getByText(/Committed [0-9a-f]{8} to invite/).waitFor();
  await open('/codecommit/repositories/site/pull-requests');
  await page.getByRole('link', { name: 'Create pull request' }).click();
  await page.getByRole('button', { name: /^Source ./ }).click();
  await page.getByRole('option', { name: 'invite' }).click();
  await page.getByText('1 file differs').waitFor();
  await button('Create pull request').click();
  await heading('1: Invite people').waitFor();

  await changeTo('ann', 'bob');
  await heading('1: Invite people').waitFor();
  await page.getByRole('tab', { name: 'Changes' }).click();
  const file = page.getByRole('region', { name: 'page.html' });
  await file.getByRole('button', { name: 'Comment on line 2 after' }).click();
  await page.getByLabel('Comment on line 2 of page.html').fill('A **kind** word');
  await button('Comment').click();
  await page.getByRole('article', { name: 'Comment by bob' }).getByText('A kind word').waitFor();
  await visit.isAccessible();
  await button('Approve').click();
  await button('Revoke approval').waitFor();

  await changeTo('bob', 'ann');
  await heading('1: Invite people').waitFor();
  await page.getByRole('tab', { name: 'Approvals (1)' }).waitFor();
  await page.getByRole('link', { name: 'Merge', exact: true }).click();
  await page.getByRole('radio', { name: /Squash and merge/ }).click();
  await page.getByLabel('Commit message').fill('Invite everybody');
  await button('Merge pull request').click();
  await page.getByText('Pull request 1 was merged into main').waitFor();
});

test('what was merged is delivered, with the approval of another', async () => {
  await changeTo('ann', 'bob');
  await open('/codepipeline/pipelines/release');
  await approve('Invite everybody');
  await open('/');
  await page.getByText('4 succeeded', { exact: true }).waitFor();
  await page.getByRole('table', { name: 'Pipelines that failed' }).waitFor({ state: 'detached' });
});

test('who may only read is refused where the policy says so, and nothing moves', async () => {
  await changeTo('bob', 'rod');
  await open('/codepipeline/pipelines/release');
  await button('Release change').click();
  await dialog().getByRole('button', { name: 'Release' }).click();
  await dialog().getByText(/user\/rod is not authorized to perform: codepipeline:StartPipelineExecution/).waitFor();
  await dialog().getByText(/Request id [0-9a-f-]{36}/).waitFor();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  await open('/codecommit/repositories/site/edit/main/page.html');
  await page.getByLabel('Content of page.html').fill('Mine now\n');
  await button('Commit changes').click();
  await page.getByText(/user\/rod is not authorized to perform: codecommit:CreateCommit/).waitFor();
  await visit.isAccessible();
  await open('/codecommit/repositories/site/browse/main/page.html');
  await page.getByText('Come in.').waitFor();
  await visit.signOut('rod');
});

test('the quickstart application comes to life by one button', async () => {
  await visit.enter(yard);
  await open('/');
  await button('Create the quickstart application').click();
  const said = page.getByRole('region', { name: 'What the quickstart said' });
  await said.getByText(/./).first().waitFor();
  await page.getByText('The quickstart application is live').waitFor({ timeout: 120_000 });
  expect(await said.textContent()).not.toMatch(/password/i);
  await visit.isAccessible();
  await visit.picture('quickstart');
  await page.getByRole('link', { name: 'Its pipeline' }).first().click();
  await heading('quickstart').waitFor();
  await stage('Deploy').getByText('Succeeded').first().waitFor(SLOW);
  // What is there is kept: the button once more brings it to the same end.
  await open('/');
  await button('Create the quickstart application').click();
  await page.getByText('The quickstart application is live').waitFor({ timeout: 120_000 });
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
