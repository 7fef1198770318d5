import { expect, test } from 'vitest';
import { addHost, BUCKET, bucket, bundle, removeHost, revision, role, serviceRole } from './delivery';
import { button, dialog, page, story, visit, yard } from './story';
import { PASSWORD } from './visit';

const heading = (name: string | RegExp) => page.getByRole('heading', { name });

story({
  prepare: async () => {
    await bucket(yard);
    await serviceRole(yard, 'deployer', 'codedeploy', ['s3:Get*']);
    await bundle(yard, 'good.tar', revision('echo all is well'));
    await bundle(yard, 'bad.tar', revision('echo "checking the gate"; echo "the gate is shut" >&2; exit 3'));
    await bundle(yard, 'slow.tar', revision('for n in $(seq 30); do echo $n; sleep 1; done'));
    addHost(yard, 'web-1');
    const read = { Effect: 'Allow', Action: ['codedeploy:Get*', 'codedeploy:List*', 'codedeploy:BatchGet*'], Resource: '*' };
    await yard.user('ann', PASSWORD, [
      { Effect: 'Allow', Action: ['codedeploy:*', 'iam:ListRoles'], Resource: '*' },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: role('deployer') },
    ]);
    await yard.user('rod', PASSWORD, [read]);
  },
  leave: () => {
    removeHost(yard, 'web-1');
  },
});

test('an application and a group of hosts are made by forms', async () => {
  await page.goto(`${yard.url}/console/#/codedeploy/deployments`);
  await visit.signIn('ann', PASSWORD);
  await page.getByText('Nothing was deployed yet').waitFor();
  await visit.isAccessible();
  await page.getByRole('link', { name: 'an application' }).click();
  await page.getByText('There are no applications yet').waitFor();
  await button('Create application').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Application name').fill('my site');
  await dialog.getByText('A name has 1 to 100 letters').waitFor();
  await dialog.getByLabel('Application name').fill('site');
  await dialog.getByRole('button', { name: 'Create application' }).click();
  await heading('site').waitFor();
  await visit.isAccessible();

  await page.getByRole('link', { name: 'Create deployment group' }).click();
  await button('Create deployment group').click();
  await page.getByText('A name is needed').waitFor();
  await page.getByText('The ARN of a role is needed').waitFor();
  await page.getByText('A key is needed').waitFor();
  await page.getByLabel('Deployment group name').fill('staging');
  await page.getByLabel('Service role').fill('arn:aws:iam::000000000000:role/dep');
  await page.getByRole('option', { name: role('deployer') }).click();
  await page.getByRole('textbox', { name: 'Key' }).fill('env');
  await page.getByRole('textbox', { name: 'Value' }).fill('e2e');
  await page.getByText('1 host matches: web-1').waitFor();
  await page.getByText('Roll back when a deployment fails').click();
  await visit.isAccessible();
  await visit.picture('group-form');
  await button('Create deployment group').click();
  await heading('staging').waitFor();
  await page.getByText('env=e2e').waitFor();
  await page.getByText('Automatically when it fails').waitFor();
  await visit.isAccessible();
});

test('a deployment is watched host by host', async () => {
  await page.getByRole('link', { name: 'Create deployment' }).click();
  await button('Create deployment').click();
  await page.getByText('The place of the bundle is needed').waitFor();
  await page.getByLabel('Revision location').fill(`s3://${BUCKET}/good.tar`);
  await page.keyboard.press('Escape');
  await visit.isAccessible();
  await button('Create deployment').click();
  await heading(/^d-/).waitFor();
  // Nothing is clicked any more: the page follows.
  await page.getByText('1 of 1 hosts have it').first().waitFor({ timeout: 40_000 });
  const events = page.getByRole('table', { name: 'Events of web-1' });
  await events.getByText('ValidateService').waitFor();
  await events.getByRole('row', { name: /AfterInstall/ }).getByText('Succeeded').waitFor();
  await button('Retry deployment').waitFor();
  await visit.isAccessible();
  await visit.picture('deployment');
});

test('a failing script’s output is shown, and what rolls it back', async () => {
  await page.getByRole('link', { name: 'Copy deployment' }).click();
  await page.getByLabel('Revision location').fill(`s3://${BUCKET}/bad.tar`);
  await page.keyboard.press('Escape');
  await button('Create deployment').click();
  await page.getByRole('region', { name: 'Output of AfterInstall' }).getByText('the gate is shut').waitFor({ timeout: 40_000 });
  await page.getByText(/Script failed/).waitFor();
  await page.getByText('failed with exit code 3').first().waitFor();
  await page.getByText('It was rolled back').waitFor();
  await visit.isAccessible();
  await visit.picture('failed-deployment');
  // Of Cloudscape's own narrow navigation axe disapproves: it is only looked at.
  await page.setViewportSize({ width: 400, height: 860 });
  await visit.picture('failed-deployment-narrow');
  await page.setViewportSize({ width: 1280, height: 860 });
  const rolledBack = page.getByText('Rolled back by').getByRole('link');
  const id = await rolledBack.textContent();
  await rolledBack.click();
  await heading(id ?? '').waitFor();
  await page.getByText('It rolls another deployment back').waitFor();
  await page.getByText('1 of 1 hosts have it').first().waitFor({ timeout: 40_000 });
});

test('a running deployment is stopped and rolled back', async () => {
  await page.getByRole('link', { name: 'Copy deployment' }).click();
  await page.getByLabel('Revision location').fill(`s3://${BUCKET}/slow.tar`);
  await page.keyboard.press('Escape');
  await button('Create deployment').click();
  const events = page.getByRole('table', { name: 'Events of web-1' });
  await events.getByRole('row', { name: /AfterInstall/ }).getByText('In progress').waitFor({ timeout: 30_000 });
  await button('Stop').click();
  await page.getByRole('menuitem', { name: 'Stop and roll back deployment' }).click();
  await page.getByRole('dialog').getByText('Then a new deployment').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop and roll back' }).click();
  await page.getByText(/is stopping/).first().waitFor();
  await button('Retry deployment').waitFor({ timeout: 50_000 });
  await page.getByText('Rolled back by').waitFor();
});

test('deployments are found by status, group and time', async () => {
  await page.goto(`${yard.url}/console/#/codedeploy/deployments`);
  const table = page.getByRole('grid', { name: 'Deployments' });
  await table.getByText('Failed').waitFor();
  expect(await table.getByRole('link', { name: /^d-/ }).count()).toBeGreaterThanOrEqual(5);
  await page.getByRole('button', { name: /^Status/ }).first().click();
  await page.getByRole('option', { name: 'Failed' }).click();
  await page.keyboard.press('Escape');
  await expect.poll(() => table.getByRole('link', { name: /^d-/ }).count()).toBe(1);
  await visit.isAccessible();
  await visit.picture('deployments');
});

test('configurations and hosts are listed and changed', async () => {
  await page.goto(`${yard.url}/console/#/codedeploy/configs`);
  await page.getByText('CodeDeployDefault.OneAtATime').waitFor();
  await button('Create deployment configuration').click();
  await page.getByRole('dialog').getByLabel('Name').fill('two-healthy');
  await page.getByRole('dialog').getByRole('radio', { name: 'Number' }).click();
  await page.getByRole('dialog').getByLabel('Value').fill('2');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.getByText('2 hosts').waitFor();
  await visit.isAccessible();
  await page.goto(`${yard.url}/console/#/codedeploy/instances`);
  await page.getByRole('radio', { name: 'Select web-1' }).click();
  await button('Edit tags').click();
  await button('Add a tag').click();
  await page.getByRole('textbox', { name: 'Key' }).last().fill('tier');
  await page.getByRole('textbox', { name: 'Value' }).last().fill('web');
  await button('Save tags').click();
  await page.getByText('env=e2e, tier=web').waitFor();
  await visit.isAccessible();
});

test('a read-only user is refused, and told by which right', async () => {
  await visit.signOut('ann');
  await visit.signIn('rod', PASSWORD);
  await page.goto(`${yard.url}/console/#/codedeploy/applications/site/groups/staging`);
  await page.getByRole('link', { name: /^d-/ }).first().click();
  await button('Retry deployment').click();
  await page.getByText(/user\/rod is not authorized to perform: codedeploy:CreateDeployment/).waitFor();
  await visit.isAccessible();
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
