import { expect, test } from 'vitest';
import { dialog, open, page, story, visit, yard } from './story';
import { PASSWORD } from './visit';

const ROLE = 'arn:aws:iam::000000000000:role/builder';

const BUILDSPEC = `version: 0.2
env:
  exported-variables: [SHIPPED]
phases:
  build:
    commands:
      - mkdir -p results dist
      - echo "a thing" > dist/thing.txt
      - export SHIPPED=$GREETING
      - |
        told=""
        if [ "$GREETING" = bad ]; then told="<failure message='the till is wrong'>at line 7</failure>"; fi
        echo "<testsuite name='shop'><testcase name='sums' time='0.25'>$told</testcase><testcase name='names' time='1.5'/></testsuite>" > results/unit.xml
      - printf 'TN:\\nSF:shop.py\\nDA:1,1\\nDA:2,0\\nDA:3,1\\nDA:4,1\\nend_of_record\\n' > results/lcov.info
reports:
  unit:
    files: ['unit.xml']
    base-directory: results
  lines:
    files: [results/lcov.info]
    file-format: LCOV
artifacts:
  files: ['**/*']
  base-directory: dist
`;

const BATCH = `version: 0.2
batch:
  fast-fail: false
  build-graph:
    - identifier: compile
    - identifier: test
      depend-on: [compile]
    - identifier: lint
      env: {variables: {MARK: LINT}}
      ignore-failure: true
    - identifier: ship
      depend-on: [test, lint]
phases:
  build:
    commands:
      - echo built as $CODEBUILD_BATCH_BUILD_IDENTIFIER
      - test "$MARK" != LINT
`;

const codebuild = async (operation: string, input: object) => JSON.parse(await yard.json('codebuild', `CodeBuild_20161006.${operation}`, input));

async function finished(id: string) {
  await expect.poll(async () => (await codebuild('BatchGetBuilds', { ids: [id] })).builds[0].buildComplete, { timeout: 40_000, interval: 200 }).toBe(true);
}

story({
  prepare: async () => {
    await yard.builderRole();
    await yard.iam('PutRolePolicy', {
      RoleName: 'builder',
      PolicyName: 'more',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*', 'codebuild:*'], Resource: '*' }] }),
    });
    await yard.s3('PUT', '/left-by-builds');
    const all = { Effect: 'Allow', Action: ['codebuild:*', 's3:*', 'logs:*', 'iam:ListRoles', 'iam:PassRole'], Resource: '*' };
    await yard.user('ann', PASSWORD, [all]);
    await yard.user('rod', PASSWORD, [{ Effect: 'Allow', Action: ['codebuild:BatchGet*', 'codebuild:List*', 'codebuild:Describe*', 'logs:GetLogEvents'], Resource: '*' }]);
  },
});

async function choose(label: string | RegExp, option: string) {
  await page.getByRole('button', { name: label }).click();
  await page.getByRole('option', { name: option }).click();
}

test('a project is created by its form, which is its JSON too', async () => {
  await open('/codebuild/projects');
  await visit.signIn('ann', PASSWORD);
  await page.getByText('There are no build projects yet').waitFor();
  await page.getByRole('link', { name: 'Create project' }).click();
  await page.getByRole('heading', { name: 'Create build project' }).waitFor();
  await page.getByRole('button', { name: 'Create build project' }).click();
  await page.getByText('Where is the source?').first().waitFor();
  await page.getByText('A role is needed').first().waitFor();
  await visit.isAccessible();

  await page.getByLabel('Project name').fill('shop');
  await page.getByLabel('Description').fill('sells things');
  await choose(/Source provider/, 'No source');
  await page.getByLabel('Service role').first().fill(ROLE);
  await page.getByLabel('Project name').click();
  await page.getByRole('button', { name: 'Add a variable' }).click();
  await page.getByRole('textbox', { name: 'Variable', exact: true }).fill('GREETING');
  await page.getByRole('textbox', { name: 'Value', exact: true }).fill('good');
  await page.getByRole('textbox', { name: 'Buildspec' }).fill(BUILDSPEC);
  await choose(/^Type No artifacts/, 'Amazon S3');
  await page.getByLabel('Bucket name').fill('left-by-builds');
  await choose(/^Namespace type/, 'Build ID');
  await visit.isAccessible();
  await visit.picture('builds-form');

  await page.getByRole('button', { name: 'JSON', exact: true }).click();
  const json = page.getByRole('textbox', { name: 'Project as JSON' });
  const input = JSON.parse(await json.inputValue());
  expect(input.artifacts).toEqual({ type: 'S3', name: 'shop', location: 'left-by-builds', namespaceType: 'BUILD_ID' });
  await json.fill('{"name": "shop",}');
  await page.getByRole('list', { name: 'Problems' }).waitFor();
  await json.fill(JSON.stringify({ ...input, timeoutInMinutes: 17 }));
  await visit.isAccessible();
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  expect(await page.getByLabel('Timeout in minutes', { exact: true }).inputValue()).toBe('17');
  await page.getByRole('button', { name: 'Create build project' }).click();
  await page.getByRole('heading', { name: 'shop', level: 1 }).waitFor();
  const [{ source, timeoutInMinutes }] = (await codebuild('BatchGetProjects', { names: ['shop'] })).projects;
  expect([source.type, source.buildspec, timeoutInMinutes]).toEqual(['NO_SOURCE', BUILDSPEC, 17]);
  await visit.isAccessible();
});

test('a build’s artifacts, variables and reports are found on its page', async () => {
  await page.getByRole('button', { name: 'Start build' }).click();
  await page.getByRole('heading', { name: /shop #1/ }).waitFor();
  await page.getByText('Succeeded').first().waitFor();
  await page.getByRole('tab', { name: 'Artifacts' }).click();
  await page.getByRole('link', { name: /thing\.txt/ }).waitFor();
  await visit.isAccessible();
  await page.getByRole('tab', { name: 'Build details' }).click();
  await page.getByRole('table', { name: 'Exported variables' }).getByText('SHIPPED').waitFor();
  await page.getByRole('table', { name: 'Environment variables' }).getByText('GREETING').waitFor();
  await visit.isAccessible();
  await visit.picture('builds-details');
  await page.getByRole('tab', { name: 'Artifacts' }).click();
  await page.getByRole('link', { name: /thing\.txt/ }).click();
  await page.getByRole('tab', { name: 'Content' }).click();
  await page.getByText('a thing').waitFor();
});

test('a build with overrides fails a test, and its report tells which', async () => {
  await open('/codebuild/projects/shop/start');
  await page.getByRole('heading', { name: 'Start a build of shop' }).waitFor();
  await page.getByLabel('Time limit in minutes', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Add a variable' }).click();
  await page.getByRole('textbox', { name: 'Variable', exact: true }).fill('GREETING');
  await page.getByRole('textbox', { name: 'Value', exact: true }).fill('bad');
  await page.getByRole('button', { name: 'Start build' }).click();
  await page.getByText('From 5 to 2160 minutes').first().waitFor();
  await visit.isAccessible();
  await page.getByLabel('Time limit in minutes', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Start build' }).click();
  await page.getByRole('heading', { name: /shop #2/ }).waitFor();
  await page.getByRole('tab', { name: 'Reports (2)' }).click();
  await page.getByText('2 tests, 1 failed').waitFor();
  await visit.isAccessible();
  await page.getByRole('link', { name: /^shop-unit:/ }).click();
  await page.getByRole('table', { name: 'Test cases' }).getByText(/the till is wrong/).waitFor();
  await page.getByRole('table', { name: 'Test cases' }).getByText(/names/).waitFor();
  await choose(/Status of test cases/, 'Failed');
  await page.getByRole('table', { name: 'Test cases' }).getByText(/names/).waitFor({ state: 'detached' });
  await page.getByRole('table', { name: 'Test cases' }).getByText(/sums/).waitFor();
  await visit.isAccessible();
  await visit.picture('builds-report');
});

test('a group of reports shows trends, and tests that are flaky', async () => {
  for (const value of ['good', 'bad']) {
    const { build } = await codebuild('StartBuild', { projectName: 'shop', environmentVariablesOverride: [{ name: 'GREETING', value }] });
    await finished(build.id);
  }
  await open('/codebuild/report-groups');
  await page.getByRole('link', { name: 'shop-unit' }).waitFor();
  await visit.isAccessible();
  await page.getByRole('link', { name: 'shop-unit' }).click();
  await page.getByRole('group', { name: 'Pass rate: 100 %, 50 %, 100 %, 50 %' }).waitFor();
  const flaky = page.getByRole('table', { name: 'Flaky tests' });
  await flaky.getByText('2 / 2').waitFor();
  await flaky.getByText(/the till is wrong/).waitFor();
  await visit.isAccessible();
  await visit.picture('builds-trends');
  await page.getByRole('link', { name: 'Report groups' }).first().click();
  await page.getByRole('link', { name: 'shop-lines' }).click();
  await page.getByRole('link', { name: /^shop-lines:/ }).first().click();
  await page.getByText('75.0 % (3 of 4)').waitFor();
  await page.getByRole('table', { name: 'Files' }).getByText('shop.py').waitFor();
  await visit.isAccessible();
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Code coverage reports').waitFor();
});

test('a batch is a graph that moves', { timeout: 120_000 }, async () => {
  await open('/codebuild/projects/shop?tab=batches');
  await page.getByText('There are no batches').waitFor();
  await visit.isAccessible();
  await page.getByRole('link', { name: 'Start batch build' }).click();
  await page.getByLabel('Batch service role').fill(ROLE);
  await page.getByRole('heading', { name: 'Start a build of shop' }).click();
  await page.getByRole('textbox', { name: 'Buildspec' }).fill(BATCH);
  await visit.isAccessible();
  await page.getByRole('button', { name: 'Start batch build' }).click();
  await page.getByRole('heading', { name: /shop batch #1/ }).waitFor();
  const graph = page.getByRole('region', { name: 'Graph of the batch' });
  await graph.getByText('compile').waitFor();
  await graph.getByRole('link', { name: /^ship\s*Succeeded/ }).waitFor({ timeout: 45_000 });
  await graph.getByRole('link', { name: /^lint\s*Failed/ }).waitFor();
  await page.getByRole('button', { name: 'Retry batch' }).waitFor();
  await visit.isAccessible();
  await visit.picture('builds-batch');
  await graph.getByRole('link', { name: /^test\s*Succeeded/ }).click();
  await page.getByRole('region', { name: 'Log' }).getByText('built as test', { exact: true }).waitFor();
  await page.getByRole('link', { name: /^shop:/ }).first().click();
  await page.getByRole('heading', { name: /shop batch #1/ }).waitFor();
});

test('a batch that failed is retried, and one that takes long is stopped', { timeout: 120_000 }, async () => {
  const start = async (buildspecOverride: string) => {
    const { buildBatch } = await codebuild('StartBuildBatch', { projectName: 'shop', buildspecOverride, buildBatchConfigOverride: { serviceRole: ROLE } });
    await open(`/codebuild/batches/${encodeURIComponent(buildBatch.id)}`);
  };
  await start(BATCH.replace('      ignore-failure: true\n', ''));
  await page.getByRole('button', { name: 'Retry batch' }).click({ timeout: 45_000 });
  await page.getByRole('menuitem', { name: 'Retry all builds' }).click();
  await page.getByRole('grid', { name: 'Builds of the batch' }).getByRole('row', { name: /^compile .* 1$/ }).waitFor({ timeout: 30_000 });
  await start(BATCH.replace('- test "$MARK" != LINT', '- sleep 60'));
  await page.getByRole('button', { name: 'Stop batch' }).click();
  await page.getByText('Stopped').first().waitFor({ timeout: 30_000 });
  await open('/codebuild/projects/shop?tab=batches');
  await page.getByRole('link', { name: '#1' }).waitFor();
});

test('the history is filtered, and builds are deleted from it', async () => {
  await open('/codebuild/projects/shop');
  const history = page.getByRole('grid', { name: 'Builds of shop' });
  await history.getByRole('link', { name: '#2', exact: true }).waitFor();
  await choose(/^Status/, 'Failed');
  await history.getByRole('link', { name: '#2', exact: true }).waitFor({ state: 'detached' });
  await choose(/^Status/, 'Any status');
  await history.getByRole('row', { name: /#2 / }).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Delete builds' }).click();
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await page.getByText('The builds were deleted').waitFor();
  await history.getByRole('link', { name: '#2', exact: true }).waitFor({ state: 'detached' });
});

test('a project is edited; what is emptied goes', async () => {
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByRole('heading', { name: 'Edit shop' }).waitFor();
  await page.getByLabel('Description').fill('');
  await page.getByLabel('Concurrent build limit').fill('2');
  await page.getByRole('button', { name: 'Update project' }).click();
  await page.getByRole('heading', { name: 'shop', level: 1, exact: true }).waitFor();
  const [after] = (await codebuild('BatchGetProjects', { names: ['shop'] })).projects;
  expect([after.description, after.concurrentBuildLimit, after.timeoutInMinutes]).toEqual([undefined, 2, 17]);
  await page.getByRole('tab', { name: 'Project details' }).click();
  await page.getByText('17 minutes').waitFor();
  await visit.isAccessible();
  await page.getByRole('tab', { name: 'Webhook' }).click();
  await page.getByText('This source has no webhook').waitFor();
});

test('a badge and public builds are turned on', async () => {
  await codebuild('CreateProject', {
    name: 'badged',
    source: { type: 'CODECOMMIT', location: `${yard.url}/v1/repos/badged` },
    artifacts: { type: 'NO_ARTIFACTS' },
    environment: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/standard:7.0', computeType: 'BUILD_GENERAL1_SMALL' },
    serviceRole: ROLE,
  });
  await open('/codebuild/projects/badged?tab=sharing');
  await page.getByRole('button', { name: 'Enable badge' }).click();
  await page.getByText(/^!\[badged\]\(http/).waitFor();
  await page.getByRole('img', { name: 'Build status of main' }).waitFor();
  await expect.poll(() => page.getByRole('img', { name: 'Build status of main' }).evaluate((it) => (it as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Make public' }).click();
  await page.getByText('Builds of badged are public').waitFor();
  const address = await page.getByText(/_codebuild\/public\//).textContent();
  expect((await fetch(address!.trim())).status).toBe(200);
  await visit.isAccessible();
  await visit.picture('builds-sharing');
  await page.getByRole('button', { name: 'Make private' }).click();
  await page.getByText('Builds of badged are private').waitFor();
});

test('source credentials are imported and deleted, and never shown', async () => {
  await open('/codebuild/credentials');
  await page.getByText('There are no source credentials').waitFor();
  await page.getByRole('button', { name: 'Import credentials' }).click();
  await dialog().getByLabel('Token', { exact: true }).fill('not-a-real-token');
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText('Personal access token').waitFor();
  expect(await page.getByText('not-a-real-token').count()).toBe(0);
  await visit.isAccessible();
  await page.getByRole('radio').check();
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await page.getByText('There are no source credentials').waitFor();
});

test('a webhook is made by hand, edited and deleted; its secret is shown once', async () => {
  await codebuild('CreateProject', {
    name: 'hooked',
    source: { type: 'GITHUB', location: 'https://github.com/shop/site.git' },
    artifacts: { type: 'NO_ARTIFACTS' },
    environment: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/standard:7.0', computeType: 'BUILD_GENERAL1_SMALL' },
    serviceRole: ROLE,
  });
  const webhook = async () => (await codebuild('BatchGetProjects', { names: ['hooked'] })).projects[0].webhook;
  await open('/codebuild/projects/hooked?tab=triggers');
  await page.getByText('There is none: builds are started by hand').waitFor();
  await page.getByRole('button', { name: 'Create webhook' }).click();
  await dialog().getByLabel('Create the webhook at GitHub by hand').check();
  // What only the yard can fault is said where the form is.
  await dialog().getByLabel('Filter groups').fill('[[{"type": "EVENT", "pattern": "PUSHED"}]]');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await dialog().getByText(/Save failed: InvalidInputException/).waitFor();
  await dialog().getByLabel('Filter groups').fill('[[{"type": "EVENT", "pattern": "PUSH"}, {"type": "HEAD_REF", "pattern": "^refs/heads/main$"}]]');
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Save' }).click();
  await dialog().getByText('The secret is shown this once.').waitFor();
  await dialog().getByRole('button', { name: 'Show secret' }).click();
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Done' }).click();
  await page.getByText((await webhook()).payloadUrl).waitFor();
  expect((await webhook()).filterGroups[0]).toHaveLength(2);
  await visit.isAccessible();
  await visit.picture('builds-webhook');

  await page.getByRole('button', { name: 'Edit webhook' }).click();
  await dialog().getByRole('radio', { name: 'Batch build' }).check();
  await dialog().getByLabel('Replace the secret').check();
  await dialog().getByRole('button', { name: 'Save' }).click();
  await dialog().getByText('The secret is shown this once.').waitFor();
  await dialog().getByRole('button', { name: 'Done' }).click();
  await page.getByText('BUILD_BATCH').waitFor();
  await page.getByRole('button', { name: 'Delete webhook' }).click();
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await page.getByText('There is none: builds are started by hand').waitFor();
  expect(await webhook()).toBeUndefined();
});

test('a narrow window has all of it', async () => {
  await page.setViewportSize({ width: 400, height: 800 });
  await open('/codebuild/projects/shop');
  await page.getByRole('heading', { name: 'shop', level: 1 }).waitFor();
  await page.getByRole('link', { name: '#1', exact: true }).waitFor();
  // Not by axe: it finds an attribute of Cloudscape's own navigation, which is folded away here.
  await visit.picture('builds-narrow');
  await page.setViewportSize({ width: 1280, height: 860 });
});

test('who may only read is refused to create, edit and delete', async () => {
  await visit.signOut('ann');
  await open('/codebuild/projects/shop/edit');
  await visit.signIn('rod', PASSWORD);
  await page.getByLabel('Description').fill('mine now');
  await page.getByRole('button', { name: 'Update project' }).click();
  await page.getByText('The project was not saved: AccessDeniedException').waitFor();
  await page.getByText(/user\/rod is not authorized to perform: codebuild:UpdateProject/).waitFor();
  await visit.isAccessible();
  await open('/codebuild/projects/shop');
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await dialog().getByLabel('Type delete to confirm').fill('delete');
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await dialog().getByText('Delete failed: AccessDeniedException').waitFor();
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
