// Two people save the same thing: nothing of the first is lost unseen.

import { expect, test } from 'vitest';
import { button, dialog, open, page, story, visit, yard } from './story';

const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
const trust = (service: string) => document({ Effect: 'Allow', Principal: { Service: `${service}.amazonaws.com` }, Action: 'sts:AssumeRole' });
const pattern = (source: string) => JSON.stringify({ source: [source] });
const bucketPolicy = (Sid: string) => document({ Sid, Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::shelf/*' });
const keyPolicy = (Sid: string) => document({ Sid, Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'kms:*', Resource: '*' });

const ssm = async (operation: string, input: object) => JSON.parse((await yard.json('ssm', `AmazonSSM.${operation}`, input)) || '{}');
const secrets = async (operation: string, input: object) => JSON.parse(await yard.json('secretsmanager', `secretsmanager.${operation}`, input));
const kms = async (operation: string, input: object) => JSON.parse((await yard.json('kms', `TrentService.${operation}`, input)) || '{}');
const events = async (operation: string, input: object) => JSON.parse((await yard.json('events', `AWSEvents.${operation}`, input)) || '{}');
const putRule = (source: string) => events('PutRule', { Name: 'orders', EventPattern: pattern(source) });

const changed = () => page.getByText('Somebody else changed it while you edited');
const mine = () => button('Save mine over it').click();
const theirs = () => button('Edit what is there now').click();
/** Cloudscape's text area of a policy or a pattern. */
const text = (name: string) => page.getByRole('textbox', { name });

let key: string;

story({
  prepare: async () => {
    await ssm('PutParameter', { Name: '/shop/url', Type: 'String', Value: 'first' });
    await secrets('CreateSecret', { Name: 'till', SecretString: 'first' });
    key = (await kms('CreateKey', { Policy: keyPolicy('First') })).KeyMetadata.KeyId;
    await yard.iam('CreateRole', { RoleName: 'clerk', AssumeRolePolicyDocument: trust('codebuild'), Description: 'first' });
    await yard.s3('PUT', '/shelf');
    await yard.s3('PUT', '/shelf', bucketPolicy('First'), { policy: '' });
    await putRule('first');
  },
  enter: () => visit.enter(yard),
});

test('a parameter: theirs is looked at first, then mine is saved over it', async () => {
  await open('/ssm/parameters/%2Fshop%2Furl/edit');
  await text('Value').fill('mine');
  await ssm('PutParameter', { Name: '/shop/url', Value: 'theirs', Overwrite: true });
  await button('Save changes').click();
  await changed().waitFor();
  await page.getByText(/Version 2, stored by .* Yours was made from version 1/).waitFor();
  await visit.isAccessible();
  await visit.picture('overtaken');
  expect((await ssm('GetParameter', { Name: '/shop/url' })).Parameter.Value).toBe('theirs');
  await theirs();
  await expect.poll(() => text('Value').inputValue()).toBe('theirs');
  await text('Value').fill('both');
  // What was decided upon may be overtaken again.
  await ssm('PutParameter', { Name: '/shop/url', Value: 'theirs again', Overwrite: true });
  await button('Save changes').click();
  await page.getByText(/Version 3, stored by/).waitFor();
  await mine();
  await page.getByText('/shop/url has a new version').waitFor();
  expect((await ssm('GetParameter', { Name: '/shop/url' })).Parameter).toMatchObject({ Value: 'both', Version: 4 });
});

test('a role: its description and its trust policy', async () => {
  await open('/iam/roles/clerk');
  await button('Edit').click();
  await dialog().getByLabel('Description').fill('mine');
  await yard.iam('UpdateRole', { RoleName: 'clerk', Description: 'theirs' });
  await dialog().getByRole('button', { name: 'Save changes' }).click();
  await changed().waitFor();
  await page.getByText(/theirs; sessions of up to/).waitFor();
  await theirs();
  await expect.poll(() => dialog().getByLabel('Description').inputValue()).toBe('theirs');
  await dialog().getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('tab', { name: 'Trust relationships' }).click();
  await button('Edit trust policy').click();
  await text('Trust policy').fill(trust('codedeploy'));
  await yard.iam('UpdateAssumeRolePolicy', { RoleName: 'clerk', PolicyDocument: trust('events') });
  await button('Update policy').click();
  await page.getByRole('region', { name: 'There now' }).getByText('events.amazonaws.com').waitFor();
  await visit.isAccessible();
  await mine();
  await dialog().waitFor({ state: 'detached' });
  expect(decodeURIComponent(await yard.iam('GetRole', { RoleName: 'clerk' }))).toContain('codedeploy.amazonaws.com');
});

test('policies of a key and of a bucket', async () => {
  await open(`/kms/keys/${key}`);
  await button('Edit').last().click();
  await text('Key policy').fill(keyPolicy('Mine'));
  await kms('PutKeyPolicy', { KeyId: key, PolicyName: 'default', Policy: keyPolicy('Theirs') });
  await button('Save changes').click();
  await page.getByRole('region', { name: 'There now' }).getByText('Theirs').waitFor();
  await theirs();
  await expect.poll(() => text('Key policy').inputValue()).toContain('Theirs');
  await dialog().getByRole('button', { name: 'Cancel' }).click();

  await open('/s3/buckets/shelf?tab=permissions');
  await text('Bucket policy').fill(bucketPolicy('Mine'));
  await yard.s3('PUT', '/shelf', bucketPolicy('Theirs'), { policy: '' });
  await button('Save policy').click();
  await page.getByRole('region', { name: 'There now' }).getByText('Theirs').waitFor();
  expect(await yard.s3('GET', '/shelf', '', { policy: '' })).toContain('Theirs');
  await mine();
  await page.getByText('The policy of shelf was changed').waitFor();
  expect(await yard.s3('GET', '/shelf', '', { policy: '' })).toContain('Mine');
});

test('a rule, and the value of a secret', async () => {
  await open('/events/rules/orders/edit');
  await page.getByLabel('Description').fill('mine');
  await putRule('theirs');
  await button('Save changes').click();
  await changed().waitFor();
  await theirs();
  await page.getByLabel('Description').fill('both');
  await button('Save changes').click();
  await page.getByText('The rule orders is changed').waitFor();
  expect(await events('DescribeRule', { Name: 'orders' })).toMatchObject({ Description: 'both', EventPattern: expect.stringContaining('theirs') });

  await open('/secrets/till');
  await button('Edit value').click();
  await dialog().getByRole('textbox').last().fill('mine');
  await secrets('PutSecretValue', { SecretId: 'till', SecretString: 'theirs' });
  await button('Save as a new version').click();
  await changed().waitFor();
  await mine();
  await page.getByText('till has a new version').waitFor();
  expect((await secrets('GetSecretValue', { SecretId: 'till' })).SecretString).toBe('mine');
});

test('messages of success end when the page is left', async () => {
  await page.getByText('till has a new version').waitFor();
  await page.getByRole('link', { name: 'Secrets', exact: true }).first().click();
  await page.getByRole('heading', { name: /^Secrets/, level: 1 }).waitFor();
  await open('/kms/keys');
  await page.getByText('till has a new version').waitFor({ state: 'detached' });
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
