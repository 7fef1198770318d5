import { expect, test } from 'vitest';
import { addHost, BUCKET, bucket, Clone, removeHost, revision, role, serviceRole } from './delivery';
import { button, dialog, open, page, story, visit, yard } from './story';
import { PASSWORD } from './visit';

let clone: Clone;
let commit: string;
const stage = (name: string) => page.getByRole('region', { name: `Stage ${name}` });
const action = (name: string) => page.getByRole('listitem', { name: `Action ${name}` });
/** Builds and deployments take their time on a busy machine. */
const SLOW = { timeout: 45_000 };

const buildspec = ['version: 0.2', 'phases:', '  build:', '    commands:', '      - grep -q Hello page.html', 'artifacts:', '  files: ["**/*"]', ''].join('\n');

story({
  prepare: async () => {
    await bucket(yard);
    await serviceRole(yard, 'pipeline', 'codepipeline', ['codecommit:*', 's3:*', 'codebuild:*', 'codedeploy:*']);
    await serviceRole(yard, 'builder', 'codebuild', ['logs:*', 's3:*']);
    await serviceRole(yard, 'deployer', 'codedeploy', ['s3:Get*']);
    addHost(yard, 'web-1');
    clone = await Clone.of(yard, 'site');
    commit = clone.push('Say hello\n\nAt length.', { ...revision('echo well'), 'buildspec.yml': buildspec });
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
      deploymentGroupName: 'staging',
      serviceRoleArn: role('deployer'),
      deploymentConfigName: 'CodeDeployDefault.AllAtOnce',
      onPremisesInstanceTagFilters: [{ Key: 'env', Value: 'e2e', Type: 'KEY_AND_VALUE' }],
    });
    const read = ['codepipeline:Get*', 'codepipeline:List*', 'codebuild:BatchGet*', 'codebuild:List*', 'codedeploy:Get*', 'codedeploy:List*', 'codedeploy:BatchGet*', 'codecommit:Get*', 'codecommit:List*', 'codecommit:BatchGet*', 's3:ListAllMyBuckets', 'iam:ListRoles'];
    await yard.user('ann', PASSWORD, [
      { Effect: 'Allow', Action: ['codepipeline:*', ...read], Resource: '*' },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: role('pipeline') },
    ]);
    await yard.user('rod', PASSWORD, [{ Effect: 'Allow', Action: read, Resource: '*' }]);
  },
  leave: () => {
    removeHost(yard, 'web-1');
    clone?.remove();
  },
});

test('a pipeline is created by a form, which says at each field what is missing', async () => {
  await open('/codepipeline/pipelines');
  await visit.signIn('ann', PASSWORD);
  await page.getByText('There are no pipelines yet').waitFor();
  await visit.isAccessible();
  await page.getByRole('link', { name: 'Create pipeline' }).click();
  await button('Next').click();
  await page.getByText('A name is needed').waitFor();
  await page.getByText('A service role is needed').waitFor();
  await page.getByText('A bucket for artifacts is needed').waitFor();
  await page.getByLabel('Pipeline name').fill('release');
  await page.getByLabel('Role ARN').fill('arn:aws:iam::000000000000:role/pipe');
  await page.getByRole('option', { name: role('pipeline') }).click();
  await page.getByLabel('Artifact bucket').fill('deliv');
  await page.getByRole('option', { name: BUCKET }).click();
  await button('Add a variable').click();
  await page.getByRole('textbox', { name: 'Variable name' }).fill('PLACE');
  await page.getByRole('textbox', { name: 'Default value' }).fill('staging');
  await visit.isAccessible();
  await visit.picture('pipeline-wizard');
  await button('Next').click();

  await page.getByRole('button', { name: /Action provider/ }).click();
  await page.getByRole('option', { name: /CodeCommit/ }).click();
  await button('Next').click();
  await page.getByText('RepositoryName is needed').waitFor();
  await page.getByLabel('Repository name').fill('si');
  await page.getByRole('option', { name: 'site' }).click();
  await page.getByLabel('Branch name').fill('ma');
  await page.getByRole('option', { name: 'main' }).click();
  await button('Next').click();

  await page.getByText('Add a stage Build').click();
  await page.getByLabel('Project name').fill('pa');
  await page.getByRole('option', { name: 'page' }).click();
  await page.getByLabel('Output artifacts').fill('BuildArtifact');
  await button('Next').click();
  await page.getByText('Add a stage Approve').click();
  await page.getByLabel('Comments for the reviewer').fill('Release #{SourceVariables.CommitId} to #{variables.PLACE}?');
  await page.getByLabel('URL for review').fill('https://example.com/review');
  await button('Next').click();
  await page.getByText('Add a stage Deploy').click();
  await page.getByLabel('Application name').fill('si');
  await page.getByRole('option', { name: 'site' }).click();
  await page.getByLabel('Deployment group').fill('stag');
  await page.getByRole('option', { name: 'staging' }).click();
  await visit.isAccessible();
  await button('Next').click();
  await page.getByText('The structure is as CodePipeline wants it.').waitFor();
  await visit.isAccessible();
  await button('Create pipeline').click();
  await page.getByRole('heading', { name: 'release', level: 1 }).waitFor();
});

test('it is watched through its stages, and approved', async () => {
  // Nothing is clicked: the page follows.
  await stage('Source').getByText('Succeeded').first().waitFor(SLOW);
  await stage('Build').getByText('Succeeded').first().waitFor(SLOW);
  await button('Review Approve').waitFor(SLOW);
  await stage('Build').getByText('Say hello').waitFor();
  const link = stage('Source').getByRole('link', { name: `Commit ${commit.slice(0, 8)} of Source` });
  expect(await link.getAttribute('href')).toBe(`#/codecommit/repositories/site/commit/${commit}`);
  expect(await action('Build').getByRole('link', { name: 'Build details of Build' }).getAttribute('href')).toContain('#/codebuild/builds/page');
  await visit.isAccessible();
  await visit.picture('pipeline');

  await button('Review Approve').click();
  await dialog().getByText(`Release ${commit} to staging?`).waitFor();
  expect(await dialog().getByRole('link', { name: /example.com/ }).getAttribute('rel')).toContain('noopener');
  await visit.isAccessible();
  await visit.picture('approval');
  await dialog().getByLabel('Comments – optional').fill('Looks good');
  await dialog().getByRole('button', { name: 'Submit' }).click();
  await action('Approve').getByText('Looks good').waitFor();
  await action('Approve').getByText('by ann').waitFor();
  await stage('Deploy').getByText('Succeeded').first().waitFor(SLOW);
  await action('Deploy').getByRole('link', { name: 'Deployment details of Deploy' }).click();
  await page.getByText('1 of 1 hosts have it').first().waitFor();
});

test('a push starts it; a transition is disabled with a reason and enabled again', async () => {
  await open('/codepipeline/pipelines/release');
  await button('Disable transition to Approve').click();
  await dialog().getByLabel('Reason').fill('Freeze; really');
  await dialog().getByText('Only letters, digits, spaces').waitFor();
  await dialog().getByLabel('Reason').fill('Freeze until Monday');
  await dialog().getByRole('button', { name: 'Disable' }).click();
  await page.getByText(/Disabled by ann .*Freeze until Monday/).waitFor();
  clone.push('Greet again', { 'page.html': '<h1>Hello again</h1>\n' });
  await stage('Source').getByText('Greet again').first().waitFor(SLOW);
  await page.getByText('waits here').waitFor(SLOW);
  await visit.isAccessible();
  await visit.picture('pipeline-transition');
  await button('Enable transition to Approve').click();
  await button('Review Approve').waitFor();
  await stage('Approve').getByText('Greet again').waitFor();
});

test('a rejected stage is retried', async () => {
  await button('Review Approve').click();
  await dialog().getByRole('radio', { name: 'Reject' }).click();
  await dialog().getByLabel('Comments – optional').fill('Not yet');
  await dialog().getByRole('button', { name: 'Submit' }).click();
  await action('Approve').getByText(/Rejected by .*ann: Not yet/).waitFor();
  await visit.isAccessible();
  await button('Retry stage').click();
  await page.getByRole('menuitem', { name: 'Retry failed actions' }).click();
  await button('Review Approve').waitFor();
  await stage('Approve').getByText('retried 1 time').waitFor();
});

test('an execution starts with variables, and is stopped with a reason', async () => {
  await button('Release change').click();
  await dialog().getByLabel('PLACE').fill('the moon');
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Release' }).click();
  await page.getByText('release was started').waitFor();
  // It waits for the one before it, which is approved.
  await page.getByText('waits here').waitFor(SLOW);
  await button('Review Approve').click();
  await dialog().getByRole('button', { name: 'Submit' }).click();
  // The next one has come in when nothing was retried any more.
  await stage('Approve').getByText('retried 1 time').waitFor({ state: 'detached', ...SLOW });
  await button('Review Approve').waitFor(SLOW);
  await button('Review Approve').click();
  await dialog().getByText(/to the moon\?/).waitFor();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  await stage('Deploy').getByText('Succeeded').first().waitFor(SLOW);
  await button('Stop execution').click();
  await dialog().getByRole('radio', { name: 'Stop and abandon' }).click();
  await dialog().getByLabel('Reason – optional').fill('The moon can wait');
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Stop' }).click();
  await stage('Approve').getByText('Stopped').first().waitFor();
});

test('history and timelines tell what went through', async () => {
  await page.getByRole('tab', { name: 'Executions' }).click();
  const table = page.getByRole('grid', { name: 'Executions' });
  await table.getByText('The moon can wait').waitFor();
  await table.getByText('Creation of the pipeline').waitFor();
  await table.getByText('Change of the source').waitFor();
  await visit.isAccessible();
  await visit.picture('pipeline-history');
  await page.getByRole('button', { name: 'Timeline' }).click();
  await page.getByRole('grid', { name: 'Timeline of executions' }).getByText('Stopped').waitFor();
  await visit.isAccessible();
  await page.getByRole('link', { name: /^Execution / }).first().click();
  await page.getByRole('table', { name: 'Variables of the pipeline' }).getByText('the moon').waitFor();
  await page.getByText('The moon can wait').waitFor();
  await page.getByRole('link', { name: 'Details of Build' }).click();
  await page.getByText(/s3:\/\/delivery\//).first().waitFor();
  await visit.isAccessible();
  await visit.picture('execution');
});

test('a structure is edited by form and as JSON, with what is wrong at its place', async () => {
  await open('/codepipeline/pipelines/release/edit');
  await page.getByLabel('Name of stage 2').fill('Build it');
  await button('Save').click();
  await page.getByText('Stage Build it, name: A name has 1 to 100 letters').waitFor();
  await page.getByLabel('Name of stage 2').fill('Build');
  await button('Edit Deploy').click();
  await dialog().getByLabel('Deployment group').fill('');
  await dialog().getByText('DeploymentGroupName is needed').waitFor();
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  await button('Add action beside Build').click();
  await dialog().getByRole('button', { name: /Action provider/ }).click();
  const elsewhere = page.getByRole('option', { name: /Commands/ });
  await elsewhere.getByText('Not supported by this yard').waitFor();
  await page.getByRole('option', { name: /CodeBuild/ }).first().click();
  await dialog().getByLabel('Action name').fill('Lint');
  await dialog().getByLabel('Project name').fill('page');
  await page.keyboard.press('Escape');
  await dialog().getByRole('button', { name: 'Done' }).click();
  await action('Lint').waitFor();
  await visit.isAccessible();
  await visit.picture('pipeline-edit');

  await page.getByRole('tab', { name: 'JSON' }).click();
  const area = page.getByRole('textbox', { name: 'The pipeline as JSON' });
  await page.getByText('The structure is as CodePipeline wants it.').waitFor();
  const good = await area.inputValue();
  expect(good).toContain('"Lint"');
  await area.fill(good.replace('"name": "release",', '"name": "release"'));
  await page.getByText('A comma or } is expected').waitFor();
  await button('Line 3, column 3').waitFor();
  await area.fill(good.replace('"ProjectName": "page"', '"Project": "page"'));
  await page.getByText('CodeBuild has no Project').waitFor();
  await page.getByText('ProjectName is needed').waitFor();
  // What only the yard knows is shown at its place too.
  await area.fill(good.replace('SUPERSEDED', 'QUEUED'));
  await button('Save').click();
  await page.getByText('The yard refuses the structure').waitFor();
  const line = good.slice(0, good.indexOf('SUPERSEDED')).split('\n').length;
  const problem = page.getByRole('listitem').filter({ hasText: `Line ${line}, column` });
  await problem.getByText(/executionMode QUEUED is not possible/).waitFor();
  await visit.isAccessible();
  await visit.picture('pipeline-json');
  await area.fill(good);
  await button('Save').click();
  await page.getByText('release was saved').waitFor();
  await action('Lint').waitFor();
});

test('in a narrow window and in the dark, the graph is all there', async () => {
  // Of Cloudscape's own narrow navigation axe disapproves: it is only looked at.
  await page.setViewportSize({ width: 400, height: 860 });
  await stage('Deploy').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
  await visit.picture('pipeline-narrow');
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.getByRole('button', { name: 'Light or dark' }).click();
  await visit.isAccessible();
  await visit.picture('pipeline-dark');
  await page.getByRole('button', { name: 'Light or dark' }).click();
});

test('it is cloned, tagged and deleted', async () => {
  await button('Clone pipeline').click();
  await dialog().getByRole('button', { name: 'Clone', exact: true }).click();
  await page.getByRole('heading', { name: 'release-copy', level: 1 }).waitFor();
  await page.getByRole('tab', { name: 'Settings' }).click();
  await button('Manage tags').click();
  await button('Add a tag').click();
  await page.getByRole('textbox', { name: 'Key' }).fill('team');
  await page.getByRole('textbox', { name: 'Value' }).fill('web');
  await button('Save tags').click();
  await page.getByRole('listitem').filter({ hasText: 'team web' }).waitFor();
  await visit.isAccessible();
  await button('Delete pipeline').click();
  await dialog().getByLabel('Type release-copy to confirm').fill('release-copy');
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { name: 'Pipelines', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'release', exact: true }).waitFor();
  await page.getByRole('link', { name: 'release-copy' }).waitFor({ state: 'detached' });
  await visit.isAccessible();
  await visit.picture('pipelines');
});

test('a failed build is explained where it failed', async () => {
  await open('/codepipeline/pipelines/release');
  await stage('Build').waitFor();
  clone.push('Say nothing', { 'page.html': '<p></p>\n' });
  const why = page.getByRole('note', { name: 'Why Build failed' });
  await why.getByText(/grep -q Hello/).waitFor(SLOW);
  await button('Retry stage').first().waitFor(SLOW);
  await visit.isAccessible();
  await visit.picture('pipeline-failed');
  await stage('Build').getByRole('link', { name: /^Execution/ }).click();
  await page.getByText(/(Build|Lint) in Build failed: JobFailed/).waitFor();
  await page.getByText(/grep -q Hello/).first().waitFor();
  await visit.isAccessible();
});

test('a read-only user is refused, and told by which right', async () => {
  await visit.signOut('ann');
  await visit.signIn('rod', PASSWORD);
  await open('/codepipeline/pipelines/release');
  await button('Release change').click();
  await dialog().getByRole('button', { name: 'Release' }).click();
  await dialog().getByText(/user\/rod is not authorized to perform: codepipeline:StartPipelineExecution/).waitFor();
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
});

test('a role and a bucket are made along with a pipeline', async () => {
  await visit.signOut('rod');
  await visit.enter(yard);
  await open('/codepipeline/create');
  await page.getByLabel('Pipeline name').fill('fresh');
  await page.getByRole('radio', { name: /New service role/ }).click();
  expect(await page.getByLabel('Role name').inputValue()).toBe('AWSCodePipelineServiceRole-fresh');
  await page.getByRole('radio', { name: /New bucket/ }).click();
  await button('Next').click();
  await page.getByRole('button', { name: /Action provider/ }).click();
  await page.getByRole('option', { name: /CodeCommit/ }).click();
  await page.getByLabel('Repository name').fill('site');
  await page.getByLabel('Branch name').fill('main');
  await button('Next').click();
  await button('Next').click();
  await page.getByText('Add a stage Approve').click();
  await button('Next').click();
  await button('Next').click();
  await page.getByText('The role AWSCodePipelineServiceRole-fresh is made first.').waitFor();
  await button('Create pipeline').click();
  await page.getByRole('heading', { name: 'fresh', level: 1 }).waitFor();
  await button('Review Approve').waitFor(SLOW);
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
