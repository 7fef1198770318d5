// Parameters, secrets, keys and the event history: values stay hidden until somebody asks.

import type { Request } from 'playwright-core';
import { expect, test } from 'vitest';
import { button, dialog, open, page, story, visit, yard } from './story';
import { PASSWORD } from './visit';

const heading = (name: string | RegExp) => page.getByRole('heading', { name, level: 1 }).waitFor();
const tab = (name: string) => page.getByRole('tab', { name, exact: true }).click();

/** The targets of the calls that the pages made, with their bodies. */
let calls: { target: string; body: string }[] = [];
const made = (target: RegExp) => calls.filter((call) => target.test(call.target));
const READS = /GetParameter$|GetParameters|GetSecretValue|BatchGetSecretValue/;

story({
  prepare: async () => {
    const read = { Effect: 'Allow', Action: ['ssm:Describe*', 'ssm:ListTags*', 'secretsmanager:ListSecrets', 'secretsmanager:Describe*', 'kms:List*', 'kms:Describe*', 'kms:Get*'], Resource: '*' };
    await yard.user('rod', PASSWORD, [read]);
    await yard.user('ida', PASSWORD, [read, { Effect: 'Allow', Action: ['sts:DecodeAuthorizationMessage', 'ssm:*', 'cloudtrail:LookupEvents'], Resource: '*' }, { Sid: 'NoSecrets', Effect: 'Deny', Action: 'secretsmanager:GetSecretValue', Resource: '*' }]);
    for (const [Name, Type, Value] of [['/shop/prod/url', 'String', 'https://shop.example'], ['/shop/prod/password', 'SecureString', 'hunter-two'], ['/shop/hosts', 'StringList', 'a,b'], ['plain', 'String', 'x']]) {
      await yard.json('ssm', 'AmazonSSM.PutParameter', { Name, Type, Value });
    }
  },
  enter: async () => {
    page.on('request', (request: Request) => {
      const target = request.headers()['x-amz-target'];
      if (target) calls.push({ target, body: request.postData() ?? '' });
    });
    await visit.enter(yard);
  },
});

test('parameters are browsed by path, and no value is read', async () => {
  calls = [];
  await open('/ssm/parameters');
  await page.getByRole('link', { name: '/shop/', exact: true }).waitFor();
  await page.getByRole('link', { name: 'plain', exact: true }).waitFor();
  await visit.isAccessible();
  await visit.picture('ssm-parameters');
  await page.getByRole('link', { name: '/shop/', exact: true }).click();
  await page.getByRole('link', { name: '/shop/hosts' }).waitFor();
  await page.getByRole('link', { name: '/shop/prod/', exact: true }).click();
  await page.getByRole('link', { name: '/shop/prod/password' }).click();
  await heading('/shop/prod/password');
  await page.getByText('Hidden', { exact: true }).waitFor();
  await visit.isAccessible();
  await tab('History');
  await page.getByText('Hidden', { exact: true }).first().waitFor();
  await visit.isAccessible();
  expect(made(READS)).toEqual([]);
  expect(made(/GetParameterHistory/).every(({ body }) => !body.includes('WithDecryption'))).toBe(true);
});

test('a SecureString is decrypted when it is asked for, and hidden again', async () => {
  await tab('Overview');
  await button('Show decrypted value of /shop/prod/password').click();
  await page.getByRole('region', { name: 'Value of /shop/prod/password' }).getByText('hunter-two').waitFor();
  expect(made(READS).map(({ body }) => JSON.parse(body))).toEqual([{ Name: '/shop/prod/password', WithDecryption: true }]);
  await visit.isAccessible();
  await visit.picture('ssm-parameter');
  await button('Hide the value of /shop/prod/password').click();
  await page.getByText('hunter-two').waitFor({ state: 'detached' });
});

test('a parameter gets a new version, labels and tags', async () => {
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await heading('Edit /shop/prod/password');
  expect(await page.getByLabel('Value', { exact: true }).inputValue()).toBe('');
  await page.getByLabel('Value', { exact: true }).fill('hunter-three');
  await visit.isAccessible();
  await button('Save changes').click();
  await heading('/shop/prod/password');
  await tab('History');
  await page.getByRole('radio', { name: 'Select 1' }).click();
  await button('Manage labels').click();
  await dialog().getByLabel('New label').fill('1st');
  await dialog().getByText(/it begins neither with a digit/).waitFor();
  await dialog().getByLabel('New label').fill('first');
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Save labels' }).click();
  await page.getByText('first', { exact: true }).waitFor();
  await button('Show value of version 1').click();
  await page.getByText('hunter-two').waitFor();
  await visit.picture('ssm-history');
});

test('what others change appears by itself', async () => {
  await open('/ssm/parameters?path=%2Fshop%2F');
  await page.getByRole('link', { name: '/shop/hosts' }).waitFor();
  await page.getByRole('button', { name: /^Live/ }).waitFor();
  await yard.json('ssm', 'AmazonSSM.PutParameter', { Name: '/shop/fresh', Type: 'String', Value: 'new' });
  await page.getByRole('link', { name: '/shop/fresh' }).waitFor();
});

test('a parameter is created and deleted', async () => {
  await open('/ssm/parameters?path=%2Fshop%2F');
  await page.getByRole('link', { name: 'Create parameter' }).click();
  await heading('Create parameter');
  await page.getByLabel('Name', { exact: true }).fill('/shop/bad name');
  await page.getByText('Letters, digits and . - _ between slashes').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('/shop/made');
  await page.getByRole('radio', { name: /^SecureString/ }).click();
  await page.getByLabel('Value', { exact: true }).fill('made-here');
  await visit.isAccessible();
  await visit.picture('ssm-create');
  await button('Create parameter').click();
  await heading('/shop/made');
  await button('Delete').click();
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await heading(/Parameters/);
});

test('a secret is stored, stays hidden, and is shown when it is asked for', async () => {
  await open('/secrets');
  await page.getByText('There are no secrets yet').waitFor();
  await visit.isAccessible();
  await page.getByRole('link', { name: 'Store a new secret' }).click();
  await heading('Store a new secret');
  await page.getByRole('textbox', { name: /Key$/ }).fill('user');
  await page.getByRole('textbox', { name: /Value$/ }).fill('admin');
  await button('Add row').click();
  await page.getByRole('textbox', { name: /Key$/ }).last().fill('password');
  await button('Generate the value of row 2').click();
  await expect.poll(() => page.getByRole('textbox', { name: /Value$/ }).last().inputValue()).toHaveLength(32);
  await page.getByLabel('Secret name').fill('shop/database');
  await visit.isAccessible();
  await visit.picture('secret-create');
  await button('Store').click();
  await heading('shop/database');
  calls = [];
  await page.reload();
  await heading('shop/database');
  await page.getByText('Hidden', { exact: true }).waitFor();
  await tab('Versions');
  await page.getByText('AWSCURRENT', { exact: true }).waitFor();
  await visit.isAccessible();
  await tab('Resource permissions');
  await page.getByText('The secret has no policy of its own.').waitFor();
  expect(made(READS)).toEqual([]);
  await tab('Overview');
  await button('Retrieve secret value of shop/database').click();
  await page.getByText('admin', { exact: true }).waitFor();
  expect(made(/GetSecretValue/)).toHaveLength(1);
  await visit.isAccessible();
  await visit.picture('secret');
  await tab('Rotation');
  await page.getByText(/refuses RotateSecret by name/).waitFor();
});

test('a secret gets a new version and a policy', async () => {
  await tab('Overview');
  await button('Edit value').click();
  await dialog().getByRole('textbox', { name: /Value$/ }).first().fill('root');
  await dialog().getByRole('button', { name: 'Save as a new version' }).click();
  await page.getByText('shop/database has a new version').waitFor();
  await tab('Versions');
  await page.getByText('AWSPREVIOUS', { exact: true }).waitFor();
  await tab('Resource permissions');
  await button('Edit permissions').click();
  const editor = dialog().getByRole('textbox', { name: 'Resource policy' });
  await editor.fill((await editor.inputValue()).replace(/"Principal": \{[^}]*\}/, '"Principal": "*"'));
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Save policy' }).click();
  await dialog().getByText(/Save policy failed: PublicPolicyException/).waitFor();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
});

test('a secret is scheduled for deletion and restored', async () => {
  await button('Delete secret').click();
  await dialog().getByLabel('Waiting period in days').fill('3');
  await dialog().getByText('From 7 to 30 days').waitFor();
  await dialog().getByLabel('Waiting period in days').fill('7');
  await dialog().getByRole('button', { name: 'Schedule deletion' }).click();
  await page.getByText('This secret is scheduled for deletion').waitFor();
  await visit.isAccessible();
  await button('Cancel deletion').click();
  await page.getByText('This secret is scheduled for deletion').waitFor({ state: 'detached' });
});

test('a key is made step by step', async () => {
  await open('/kms/keys');
  await page.getByRole('button', { name: 'Customer managed', exact: true }).waitFor();
  await visit.isAccessible();
  await page.getByRole('link', { name: 'Create key' }).click();
  await page.getByText('This yard makes symmetric keys', { exact: false }).waitFor();
  await visit.isAccessible();
  await button('Next').click();
  await page.getByLabel('Alias').fill('aws/mine');
  await page.getByText('Aliases that begin with aws/ are AWS’s').waitFor();
  await page.getByLabel('Alias').fill('shop');
  await button('Next').click();
  await button('Next').click();
  await page.getByLabel('Users', { exact: true }).click();
  await page.getByRole('option', { name: 'user/rod' }).click();
  await page.keyboard.press('Escape');
  await button('Next').click();
  expect(await page.getByRole('textbox', { name: 'Key policy' }).inputValue()).toContain('user/rod');
  await visit.isAccessible();
  await visit.picture('kms-create');
  await button('Finish').click();
  await page.getByRole('region', { name: 'the key policy' }).getByText('user/rod').waitFor();
  await visit.isAccessible();
  await visit.picture('kms-key');
});

test('a key is rotated, disabled, and kept from deletion', async () => {
  await tab('Key rotation');
  await button('Edit').click();
  await dialog().getByRole('checkbox', { name: 'Rotate this key automatically' }).click();
  await dialog().getByLabel('Rotation period in days').fill('100');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await page.getByText('100 days').waitFor();
  await button('Rotate now').click();
  await page.getByText('Rotation on demand').waitFor();
  await visit.isAccessible();
  await tab('Aliases');
  await page.getByText('alias/shop', { exact: true }).waitFor();
  await tab('Grants');
  await page.getByText(/CreateGrant and ListGrants are refused by name/).waitFor();
  await button('Key actions').click();
  await page.getByRole('menuitem', { name: 'Disable' }).click();
  await page.getByText('Disabled', { exact: true }).first().waitFor();
  await button('Key actions').click();
  await page.getByRole('menuitem', { name: 'Schedule key deletion' }).click();
  await dialog().getByRole('button', { name: 'Schedule deletion' }).click();
  await page.getByText('This key is scheduled for deletion').waitFor();
  await button('Cancel key deletion').click();
  await page.getByText('This key is scheduled for deletion').waitFor({ state: 'detached' });
});

test('the event history is looked up by attribute', async () => {
  await open('/cloudtrail/events');
  await page.getByRole('link', { name: 'ScheduleKeyDeletion' }).waitFor();
  await visit.isAccessible();
  await visit.picture('cloudtrail');
  await button(/Lookup attribute/).click();
  await page.getByRole('option', { name: 'Event name' }).click();
  await page.getByRole('searchbox', { name: 'Value of the lookup attribute' }).fill('CreateSecret');
  await page.getByRole('searchbox', { name: 'Value of the lookup attribute' }).press('Enter');
  await page.getByRole('link', { name: 'ScheduleKeyDeletion' }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'CreateSecret' }).click();
  await heading('CreateSecret');
  const record = page.getByRole('region', { name: 'the event record' });
  await record.getByText('secretsmanager.amazonaws.com').waitFor();
  expect(await record.innerText()).not.toContain('admin');
  await visit.isAccessible();
  await visit.picture('cloudtrail-event');
  await visit.signOut('root');
});

test('a read-only user sees names, is refused values, and the refusal is told', async () => {
  await visit.signIn('rod', PASSWORD);
  await page.getByRole('button', { name: 'rod' }).waitFor();
  await open('/ssm/parameters/%2Fshop%2Fprod%2Fpassword');
  await heading('/shop/prod/password');
  await button('Show decrypted value of /shop/prod/password').click();
  await page.getByText("The value can't be shown: AccessDeniedException").waitFor();
  await page.getByText('ssm:GetParameter', { exact: true }).waitFor();
  await page.getByText(/no identity-based policy .* allows it/).waitFor();
  await visit.isAccessible();
  await visit.picture('value-refused');
  await visit.signOut('rod');
});

test('a denied user learns which statement denies', async () => {
  await visit.signIn('ida', PASSWORD);
  await page.getByRole('button', { name: 'ida' }).waitFor();
  await open('/secrets/shop%2Fdatabase');
  await heading('shop/database');
  await button('Retrieve secret value of shop/database').click();
  await page.getByText("The value can't be shown: AccessDeniedException").waitFor();
  await button('Explain').click();
  await dialog().getByText(/Denied by a statement in the identity-based policy/).waitFor();
  await dialog().getByText('NoSecrets').waitFor();
  await dialog().getByText('arn:aws:iam::000000000000:user/ida/own').waitFor();
  await visit.isAccessible();
  await visit.picture('explained');
  await dialog().getByRole('button', { name: 'Close' }).first().click();
  await open('/cloudtrail/events?Username=ida');
  await page.getByText('AccessDenied', { exact: false }).first().waitFor();
});

test('pages stay usable in a narrow window', async () => {
  await page.setViewportSize({ width: 400, height: 800 });
  await open('/ssm/parameters');
  await page.getByRole('link', { name: '/shop/', exact: true }).waitFor();
  // Axe finds fault there with Cloudscape's own navigation; nothing may stick out.
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
  await visit.picture('ssm-narrow');
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
