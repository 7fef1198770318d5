import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { button, dialog, open, page, story, visit, yard } from './story';
import { PASSWORD } from './visit';

const heading = (name: string | RegExp) => page.getByRole('heading', { name, level: 1 }).waitFor();
const tab = (name: string) => page.getByRole('tab', { name }).click();

story({
  prepare: async () => {
    await yard.user('rod', PASSWORD, [{ Effect: 'Allow', Action: ['iam:Get*', 'iam:List*'], Resource: '*' }]);
  },
  enter: () => visit.enter(yard),
});

/** What an authenticator application shows (RFC 6238), so many steps of half a minute from now. */
function code(secret: string, ahead: number): string {
  const bits = [...secret.replace(/=+$/, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac('sha1', key).update(step).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('the account is summed up', async () => {
  await open('/iam');
  await heading('Identity and access');
  await page.getByText('Customer managed policies').waitFor();
  await visit.isAccessible();
  await visit.picture('iam');
});

test('a policy is written, and what is wrong with it is shown at its place', async () => {
  await open('/iam/policies');
  await page.getByRole('link', { name: 'AdministratorAccess', exact: true }).waitFor();
  await visit.isAccessible();
  await visit.picture('iam-policies');
  await page.getByRole('link', { name: 'Create policy' }).click();
  await heading('Create policy');
  await page.getByLabel('Policy name').fill('starters');
  const editor = page.getByRole('textbox', { name: 'Policy document' });
  await editor.fill('{\n  "Version": "2012-10-17",\n  "Statement": [{\n    "Effect": "allow",\n    "Actions": "codebuild:StartBuild",\n    "Resource": "project/greeter",\n    "Condition": {"StringIs": {"a:b": "c"}}\n  }]\n}');
  const problems = page.getByRole('list', { name: 'Problems' });
  for (const said of ['Line 4, column 15 Effect is "Allow" or "Deny"', 'Line 5, column 5 A statement has no element "Actions": did you mean "Action"?', 'Line 6, column 17 A resource is an ARN', 'Line 7, column 19 There is no condition operator StringIs']) {
    await problems.getByText(said).or(problems.locator('li', { hasText: said })).first().waitFor();
  }
  expect(await button('Create policy').isDisabled()).toBe(true);
  await visit.isAccessible();
  await visit.picture('iam-policy-errors');
  await problems.getByRole('button', { name: 'Line 5, column 5' }).click();
  expect(await editor.evaluate((box: HTMLTextAreaElement) => box.value.slice(box.selectionStart, box.selectionEnd))).toBe('"Actions"');
  await editor.fill('{"Version": "2012-10-17", "Statement": [{');
  await page.getByText(/The name of a member in double quotation marks is expected/).waitFor();
  const good = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'codebuild:StartBuild', Resource: '*' }] };
  await editor.fill(JSON.stringify(good));
  await page.getByText('Nothing is wrong with the policy.').waitFor();
  await button('Format the document').click();
  expect(await editor.inputValue()).toBe(JSON.stringify(good, null, 2));
  await button('Create policy').click();
  await heading('starters');
  await page.getByRole('region', { name: 'the policy document' }).getByText('codebuild:StartBuild').waitFor();

  await button('Edit').click();
  await dialog().getByRole('textbox', { name: 'Policy document' }).fill(JSON.stringify({ ...good, Statement: [{ ...good.Statement[0], Resource: 'arn:aws:codebuild:*:*:project/greeter' }] }));
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Save as a new version' }).click();
  await page.getByRole('region', { name: 'the policy document' }).getByText('project/greeter').waitFor();
  await tab('Policy versions');
  await page.getByRole('radio', { name: 'Select v1' }).click();
  await button('Set as default').click();
  await page.getByText('v1', { exact: true }).first().waitFor();
  await tab('Permissions');
  await page.getByRole('region', { name: 'the policy document' }).getByText('project/greeter').waitFor({ state: 'detached' });
});

test('a policy that only the service can fault is faulted by it', async () => {
  await open('/iam/create-role');
  await page.getByRole('radio', { name: /Custom trust policy/ }).click();
  await page.getByRole('textbox', { name: 'Trust policy' }).fill(JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:user/nobody' }, Action: 'sts:AssumeRole' }] }));
  await visit.isAccessible();
  await button('Next').click();
  await button('Next').click();
  await page.getByLabel('Role name').fill('useless');
  await button('Create role').click();
  await page.getByText(/The role was not created: MalformedPolicyDocument/).waitFor();
  await page.getByText(/Invalid principal in policy/).waitFor();
});

test('a role for a service is made step by step', async () => {
  await open('/iam/roles');
  await page.getByText('There are no roles yet').waitFor();
  await page.getByRole('link', { name: 'Create role' }).click();
  await page.getByRole('radio', { name: 'CodePipeline' }).click();
  await visit.picture('iam-create-role');
  await button('Next').click();
  await page.getByPlaceholder('Find a policy').fill('AWSCodeBuildDeveloperAccess');
  await page.getByRole('checkbox', { name: 'Choose AWSCodeBuildDeveloperAccess' }).click();
  await visit.isAccessible();
  await button('Next').click();
  await page.getByLabel('Role name').fill('pipelines');
  await visit.isAccessible();
  await button('Create role').click();
  await heading('pipelines');
  await page.getByRole('link', { name: 'AWSCodeBuildDeveloperAccess' }).waitFor();
  await visit.isAccessible();
  await visit.picture('iam-role');
  await tab('Trust relationships');
  await page.getByRole('region', { name: 'the trust policy' }).getByText('codepipeline.amazonaws.com').waitFor();
  await tab('Tags');
  await button('Manage tags').click();
  await button('Add a tag').click();
  await page.getByRole('textbox', { name: 'Key' }).fill('team');
  await page.getByRole('textbox', { name: 'Value' }).fill('blue');
  await button('Save tags').click();
  await page.getByText('team', { exact: true }).waitFor();
});

test('a user is made, with a group and a policy of its own', async () => {
  await open('/iam/groups');
  await page.getByText('There are no user groups yet').waitFor();
  await visit.isAccessible();
  await button('Create group').click();
  await dialog().getByLabel('Group name').fill('builders');
  await dialog().getByRole('button', { name: 'Create group' }).click();
  await heading('builders');
  await visit.isAccessible();

  await open('/iam/users');
  await page.getByRole('link', { name: 'rod' }).waitFor();
  await visit.isAccessible();
  await visit.picture('iam-users');
  await page.getByRole('link', { name: 'Create user' }).click();
  await heading('Create user');
  await page.getByLabel('User name').fill('no spaces');
  await page.getByText('Up to 64 letters, digits and + = , . @ _ -').waitFor();
  await page.getByLabel('User name').fill('mia');
  await page.getByRole('checkbox', { name: 'Give access to this console' }).click();
  await page.getByLabel('Console password', { exact: true }).fill(PASSWORD);
  await page.getByRole('checkbox', { name: 'The user must replace it at the first sign-in' }).click();
  await page.getByLabel('User groups').click();
  await page.getByRole('option', { name: 'builders' }).click();
  await page.keyboard.press('Escape');
  await visit.isAccessible();
  await visit.picture('iam-create-user');
  await button('Create user').click();
  await heading('mia');

  await button('Add permissions').click();
  await page.getByRole('menuitem', { name: 'Create inline policy' }).click();
  await dialog().getByLabel('Policy name').fill('own');
  await dialog().getByRole('textbox', { name: 'Policy document' }).fill(JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['iam:*'], Resource: ['arn:aws:iam::*:user/${aws:username}', 'arn:aws:iam::*:mfa/*'] }],
  }));
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Create policy' }).click();
  await button('own').waitFor();
  await visit.picture('iam-user');
});

test('a user has a group, and keys whose secrets are shown once', async () => {
  await tab('Groups');
  await page.getByRole('link', { name: 'builders' }).waitFor();
  await tab('Security credentials');
  await button('Create access key').click();
  await dialog().getByText(/AKIA/).waitFor();
  await dialog().getByRole('button', { name: 'Show secret access key' }).click();
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Done' }).click();
  await page.getByRole('radio', { name: /Select AKIA/ }).click();
  await button('Deactivate').first().click();
  await page.getByText('Inactive').waitFor();
  await visit.isAccessible();
  await button('Generate credentials').click();
  await dialog().getByText('Git credentials').waitFor();
  await dialog().getByRole('button', { name: 'Done' }).click();
});

test('a user enrols an MFA device by a QR code, and signs in with it', async () => {
  await visit.signOut('root');
  await visit.signIn('mia', PASSWORD);
  await page.getByRole('button', { name: 'mia' }).waitFor();
  await open('/iam/credentials');
  await heading('My security credentials');
  await page.getByText('There are no MFA devices').waitFor();
  await visit.isAccessible();
  await visit.picture('iam-credentials');
  await button('Assign MFA device').click();
  await dialog().getByRole('button', { name: 'Next' }).click();
  const qr = dialog().getByRole('img', { name: /QR code/ });
  await qr.waitFor();
  expect(await qr.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBeGreaterThan(20);
  await dialog().getByRole('button', { name: 'Show secret key' }).click();
  const secret = await dialog().getByText(/^[A-Z2-7]{32,}=*$/).innerText();
  await visit.isAccessible();
  await visit.picture('iam-mfa');
  await dialog().getByLabel('MFA code 1').fill(code(secret, -1));
  await dialog().getByLabel('MFA code 2').fill(code(secret, 0));
  await dialog().getByRole('button', { name: 'Add MFA' }).click();
  await page.getByText('arn:aws:iam::000000000000:mfa/mia').waitFor();

  await button('Change password').click();
  await dialog().getByLabel('Current password', { exact: true }).fill(PASSWORD);
  await dialog().getByLabel('New password', { exact: true }).fill('Another-horse-2');
  await dialog().getByLabel('New password again', { exact: true }).fill('Another-horse-2');
  await dialog().getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Your password is changed').waitFor();
  await visit.signOut('mia');
  await visit.signIn('mia', 'Another-horse-2');
  await page.getByLabel('Code of your MFA device').fill(code(secret, 1));
  await button('Sign in').click();
  await page.getByRole('button', { name: 'mia' }).waitFor();
  await visit.signOut('mia');
});

test('a read-only user is refused, and the refusal is explained', async () => {
  await visit.signIn('rod', PASSWORD);
  await page.getByRole('button', { name: 'rod' }).waitFor();
  await open('/iam/users/mia');
  await heading('mia');
  await tab('Security credentials');
  await button('Generate credentials').click();
  await page.getByText('No credentials were made: AccessDenied').waitFor();
  await page.getByText(/user\/rod is not authorized to perform: iam:CreateServiceSpecificCredential/).waitFor();
  await button('Explain').click();
  await dialog().getByText('The message can\'t be decoded: AccessDenied').waitFor();
  await dialog().getByText('sts:DecodeAuthorizationMessage', { exact: false }).first().waitFor();
  await visit.isAccessible();
  const encoded = await dialog().getByRole('region', { name: 'the encoded message' }).innerText();
  await dialog().getByRole('button', { name: 'Close' }).first().click();
  await visit.signOut('rod');

  await visit.enter(yard);
  await open('/iam/explain');
  await heading('Explain a refusal');
  await page.getByLabel('Encoded message').fill(`An error occurred: no. Encoded authorization failure message: ${encoded}`);
  await button('Explain').click();
  await page.getByText(/No identity-based policy .* allows it/).waitFor();
  await page.getByText('arn:aws:iam::000000000000:user/rod').first().waitFor();
  await page.getByRole('region', { name: 'the statement that would allow it' }).getByText('iam:CreateServiceSpecificCredential').waitFor();
  await button('Simulate with this statement').click();
  await page.getByText('With this statement the request would be allowed.').waitFor();
  await visit.isAccessible();
  await visit.picture('iam-explain');
});

test('the simulator decides as the yard does', async () => {
  await open('/iam/users/rod');
  await page.getByRole('link', { name: 'Simulate' }).click();
  await heading('Policy simulator');
  await page.getByLabel('Actions').fill('iam:ListUsers\niam:CreateUser');
  await button('Run simulation').click();
  await page.getByText('Denied: no statement allows it').waitFor();
  await page.getByText('Allowed', { exact: true }).waitFor();
  await visit.isAccessible();
  await visit.picture('iam-simulator');
});

test('a user is deleted with all that is its own', async () => {
  await open('/iam/users');
  await page.getByRole('radio', { name: 'Select mia' }).click();
  await button('Delete').click();
  await dialog().getByLabel('Type mia to confirm').fill('mia');
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await page.getByText('The user mia is deleted').waitFor();
  await page.getByRole('link', { name: 'mia' }).waitFor({ state: 'detached' });
});

test('pages are dark where that is chosen', async () => {
  await page.getByRole('button', { name: 'Light or dark' }).click();
  await open('/iam/create-policy');
  await page.getByRole('textbox', { name: 'Policy document' }).fill('{\n  "Version": "2008-10-17",\n  "Statement": [{"Effect": "Allow", "Action": "lambda:*"}]\n}');
  await page.getByText(/Resource is missing/).waitFor();
  await visit.isAccessible();
  await visit.picture('iam-dark');
  await open('/iam/roles/pipelines');
  await tab('Trust relationships');
  await page.getByRole('region', { name: 'the trust policy' }).waitFor();
  await visit.isAccessible();
  await page.getByRole('button', { name: 'Light or dark' }).click();
});

test('pages stay usable in a narrow window', async () => {
  await page.setViewportSize({ width: 400, height: 800 });
  await open('/iam/policies');
  await page.getByRole('link', { name: 'starters' }).or(page.getByPlaceholder('Find policies')).first().waitFor();
  // Axe finds fault there with Cloudscape's own navigation; nothing may stick out.
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
  await visit.picture('iam-narrow');
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
