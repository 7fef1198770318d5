import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dialog, page, story, visit, yard } from './story';
import { PASSWORD } from './visit';

const GROUP = '/app/server';

const logs = (operation: string, input: object) => yard.json('logs', `Logs_20140328.${operation}`, input);
const put = (logStreamName: string, messages: string[], at = Date.now()) =>
  logs('PutLogEvents', { logGroupName: GROUP, logStreamName, logEvents: messages.map((message, n) => ({ timestamp: at + n, message })) });

story({
  prepare: async () => {
    await logs('CreateLogGroup', { logGroupName: GROUP });
    for (const logStreamName of ['web-1', 'web-2']) await logs('CreateLogStream', { logGroupName: GROUP, logStreamName });
    for (let at = 0; at < 60; at++) await logs('CreateLogStream', { logGroupName: GROUP, logStreamName: `many-${String(at).padStart(2, '0')}` });
    const hours = 3600_000;
    await put('web-1', ['an old ERROR of yesterday'], Date.now() - 20 * hours);
    await put('web-1', ['GET / 200', 'ERROR the gate is shut', 'GET /login 200']);
    await put('web-2', ['GET / 200', '{"level": "error", "code": 7}', 'ERROR the lamp is out']);
    await yard.user('ann', PASSWORD, [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }]);
    await yard.user('rod', PASSWORD, [{ Effect: 'Allow', Action: ['logs:DescribeLogGroups', 'logs:DescribeLogStreams', 'logs:GetLogEvents'], Resource: '*' }]);
  },
});

const found = () => page.getByRole('grid', { name: 'Found events' });

test('a group is created with a retention, and deleted', async () => {
  await page.goto(`${yard.url}/console/#/logs/groups`);
  await visit.signIn('ann', PASSWORD);
  await page.getByRole('link', { name: GROUP }).waitFor();
  await visit.isAccessible();
  await page.getByRole('button', { name: 'Create log group' }).click();
  await dialog().getByLabel('Log group name').fill('bad name');
  await dialog().getByText(/Letters, digits/).waitFor();
  await dialog().getByLabel('Log group name').fill('/app/short');
  await dialog().getByRole('button', { name: /Retention/ }).click();
  await page.getByRole('option', { name: '1 week', exact: true }).click();
  await dialog().getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: '/app/short', level: 1 }).waitFor();
  await page.getByText('1 week').first().waitFor();
  await page.getByText('There are no streams yet').waitFor();
  await visit.isAccessible();
  await page.getByRole('button', { name: 'Edit retention' }).click();
  await dialog().getByRole('button', { name: /Expire events after/ }).click();
  await page.getByRole('option', { name: '3 months', exact: true }).click();
  await dialog().getByRole('button', { name: 'Save' }).click();
  await page.getByText('3 months', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Protect from deletion' }).click();
  await page.getByRole('button', { name: 'Turn off deletion protection' }).waitFor();
  await page.getByRole('button', { name: 'Delete log group' }).click();
  await dialog().getByLabel('Type delete to confirm').fill('delete');
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await dialog().getByText(/rotect/).first().waitFor();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Turn off deletion protection' }).click();
  await page.getByRole('button', { name: 'Protect from deletion' }).waitFor();
  await page.getByRole('button', { name: 'Delete log group' }).click();
  await dialog().getByLabel('Type delete to confirm').fill('delete');
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await page.getByText('/app/short was deleted').waitFor();
});

test('streams are found by prefix and read a page at a time', async () => {
  await page.getByRole('link', { name: GROUP }).click();
  await page.getByRole('link', { name: 'web-2' }).waitFor();
  await visit.isAccessible();
  await visit.picture('logs-group');
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByRole('link', { name: 'web-2' }).waitFor({ state: 'detached' });
  await page.getByRole('searchbox', { name: 'Find streams by prefix' }).fill('web-');
  await page.getByRole('link', { name: 'web-1' }).waitFor();
  expect(await page.getByRole('link', { name: /^many-/ }).count()).toBe(0);
});

test('a stream follows what is written, only while that is asked for', async () => {
  await page.getByRole('link', { name: 'web-1' }).click();
  const log = page.getByRole('region', { name: 'Log' });
  await log.getByText(/Z GET \/login 200$/).waitFor();
  await visit.isAccessible();
  await visit.picture('logs-stream');
  await page.getByText('Live tail').click();
  await put('web-1', ['written while somebody looks']);
  await log.getByText(/written while somebody looks$/).waitFor();
  expect(await log.getByText(/written while/).count()).toBe(1);
  await page.getByText('Timestamps').click();
  await log.getByText('ERROR the gate is shut', { exact: true }).waitFor();
  await page.getByText('Live tail').click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  expect(readFileSync((await file.path())!, 'utf8')).toBe('an old ERROR of yesterday\nGET / 200\nERROR the gate is shut\nGET /login 200\nwritten while somebody looks\n');
});

test('a group is searched by patterns, in time', async () => {
  await page.getByRole('link', { name: GROUP }).click();
  await page.getByRole('button', { name: 'Search log group' }).click();
  const pattern = page.getByRole('searchbox', { name: 'Filter pattern' });
  await pattern.fill('ERROR');
  await page.getByRole('button', { name: 'Search', exact: true }).last().click();
  await found().getByText('ERROR the lamp is out').waitFor();
  await found().getByText('an old ERROR of yesterday').waitFor();
  await visit.isAccessible();
  await visit.picture('logs-search');
  await page.getByRole('button', { name: /Any time/ }).click();
  await page.getByText('Last 30 minutes').click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('button', { name: 'Search', exact: true }).last().click();
  await found().getByText('ERROR the lamp is out').waitFor();
  expect(await found().getByText('an old ERROR').count()).toBe(0);
  await pattern.fill('{ $.code = 7 }');
  await pattern.press('Enter');
  await found().getByText('"code": 7').waitFor();
  expect(await found().getByRole('link').allTextContents()).toEqual(['web-2']);
  await pattern.fill('{ $.code = ');
  await pattern.press('Enter');
  await page.getByText(/Invalid filter pattern/).waitFor();
});

test('who may only read is refused the rest', async () => {
  await visit.signOut('ann');
  await visit.signIn('rod', PASSWORD);
  await page.getByRole('searchbox', { name: 'Filter pattern' }).fill('ERROR');
  await page.getByRole('searchbox', { name: 'Filter pattern' }).press('Enter');
  await page.getByText(/The search failed: AccessDenied/).waitFor();
  await page.getByText(/logs:FilterLogEvents/).first().waitFor();
  await visit.isAccessible();
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
