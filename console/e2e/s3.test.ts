import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dialog, open, page, story, visit, yard } from './story';
import { PASSWORD } from './visit';

/** Of files that were uploaded: the browser reads them as it goes. */
const folders: string[] = [];

story({
  prepare: async () => {
    await yard.user('ann', PASSWORD, [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
    await yard.user('rod', PASSWORD, [{ Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetObject'], Resource: ['arn:aws:s3:::many', 'arn:aws:s3:::many/*'] }]);
    await yard.s3('PUT', '/many');
    for (let at = 0; at < 450; at++) await yard.s3('PUT', `/many/key-${String(at).padStart(4, '0')}`, `object ${at}`);
    await yard.s3('PUT', '/many/a%20%2B%20%C3%A9/%3Cb%3E%26.txt', 'an odd name');
  },
  leave: () => {
    for (const dir of folders) rmSync(dir, { recursive: true, force: true });
  },
});

const row = (name: string | RegExp) => page.getByRole('grid', { name: 'Objects' }).getByRole('row', { name });

/** Chooses files as a user does. By their paths: what is large need not go through the browser's wire. */
function upload(files: { name: string; content: Buffer | string }[]) {
  const dir = mkdtempSync(join(tmpdir(), 'codeyard-upload-'));
  const paths = files.map(({ name, content }) => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  });
  return page.locator('input[type=file]').first().setInputFiles(paths).finally(() => folders.push(dir));
}

const uploaded = () => page.getByRole('table', { name: 'Uploads' }).getByText('Uploaded', { exact: true });

test('a bucket is created where its name may be', async () => {
  await page.goto(`${yard.url}/console/#/s3/buckets`);
  await visit.signIn('ann', PASSWORD);
  await page.getByRole('link', { name: 'many' }).waitFor();
  await visit.isAccessible();
  await page.getByRole('button', { name: 'Create bucket' }).click();
  await dialog().getByLabel('Bucket name').fill('Bad_Name');
  await dialog().getByRole('button', { name: 'Create bucket' }).click();
  await dialog().getByText('A name has no upper-case letters.').waitFor();
  await dialog().getByLabel('Bucket name').fill('fresh-bucket');
  await dialog().getByLabel('Keep all versions').check();
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Create bucket' }).click();
  await page.getByRole('heading', { name: 'fresh-bucket', level: 1 }).waitFor();
  await page.getByText('There are no objects here').waitFor();
  await visit.isAccessible();
});

test('files are uploaded, small ones and in parts, and come back as they were', async () => {
  const large = Buffer.alloc(17 * 1024 * 1024, (at) => at % 251);
  for (let at = 0; at < large.length; at += 4096) large.writeUInt32BE(at, at);
  await upload([
    { name: 'note.txt', content: 'the first version\n' },
    { name: 'big.bin', content: large },
    { name: 'page.html', content: '<script>document.title = sessionStorage.length</script>' },
  ]);
  await uploaded().nth(2).waitFor({ timeout: 60_000 });
  await row(/^big\.bin|big\.bin/).first().waitFor();
  await visit.isAccessible();
  await visit.picture('s3-objects');
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('checkbox', { name: 'Choose big.bin' }).check();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  expect(file.suggestedFilename()).toBe('big.bin');
  expect(readFileSync((await file.path())!).equals(large)).toBe(true);
});

test('an upload that is cancelled leaves nothing behind', async () => {
  const isPart = (url: URL) => url.searchParams.has('partNumber');
  // Parts that never arrive.
  await page.route(isPart, () => undefined);
  await upload([{ name: 'slow.bin', content: Buffer.alloc(17 * 1024 * 1024) }, { name: 'behind.txt', content: 'it waits' }]);
  const uploads = page.getByRole('table', { name: 'Uploads' });
  const pending = () => yard.s3('GET', '/fresh-bucket', '', { uploads: '' });
  await expect.poll(pending).toContain('slow.bin');
  await uploads.getByRole('button', { name: 'Cancel behind.txt' }).click();
  await uploads.getByText('Cancelled').waitFor();
  await uploads.getByRole('button', { name: 'Cancel slow.bin' }).click();
  await uploads.getByText('Cancelled').nth(1).waitFor();
  await visit.isAccessible();
  await page.unroute(isPart);
  expect(await pending()).not.toContain('slow.bin');
  const objects = await yard.s3('GET', '/fresh-bucket', '', { 'list-type': '2' });
  expect([objects.includes('slow.bin'), objects.includes('behind.txt'), objects.includes('note.txt')]).toEqual([false, false, true]);
  await page.getByRole('button', { name: 'Clear' }).click();
});

test('an object tells of itself, and is tagged', async () => {
  await page.getByRole('link', { name: 'note.txt' }).click();
  await page.getByRole('heading', { name: 'note.txt', level: 1 }).waitFor();
  await page.getByText('18 B (18 bytes)').waitFor();
  await page.getByText('SSE-S3').waitFor();
  await page.getByText('CRC32').waitFor();
  await page.getByRole('button', { name: 'Add tag' }).click();
  await page.getByRole('textbox', { name: 'Key' }).fill('team');
  await page.getByRole('textbox', { name: 'Value' }).fill('yard');
  await page.getByRole('button', { name: 'Save tags' }).click();
  await page.getByText('The tags were changed').waitFor();
  expect(await yard.s3('GET', '/fresh-bucket/note.txt', '', { tagging: '' })).toContain('<Value>yard</Value>');
  await visit.isAccessible();
  await visit.picture('s3-object');
  await page.getByRole('tab', { name: 'Content' }).click();
  await page.getByText('the first version').waitFor();
  await page.getByRole('button', { name: 'Share' }).click();
  await dialog().getByRole('button', { name: 'Make an address' }).click();
  await dialog().getByRole('button', { name: 'Copy the address' }).waitFor();
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Close' }).click();
});

test('what is overwritten and deleted comes back', async () => {
  await open('/s3/buckets/fresh-bucket');
  await upload([{ name: 'note.txt', content: 'the second version\n' }]);
  await uploaded().first().waitFor();
  await page.getByRole('checkbox', { name: 'Choose note.txt' }).check();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog().getByLabel('Type delete to confirm').fill('delete');
  await visit.isAccessible();
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await page.getByText('note.txt was deleted').waitFor();
  await row(/note\.txt/).waitFor({ state: 'detached' });

  await page.getByText('Show versions').click();
  await page.getByText('delete marker').waitFor();
  await visit.isAccessible();
  await visit.picture('s3-versions');
  await row(/delete marker/).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Undelete' }).click();
  await page.getByText('delete marker').waitFor({ state: 'detached' });
  expect(await yard.s3('GET', '/fresh-bucket/note.txt')).toBe('the second version\n');

  await row(/note\.txt/).nth(1).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Make this the current version' }).click();
  await expect.poll(() => yard.s3('GET', '/fresh-bucket/note.txt')).toBe('the first version\n');
});

test('folders are made and walked', async () => {
  await open('/s3/buckets/fresh-bucket');
  await page.getByRole('button', { name: 'Create folder' }).click();
  await dialog().getByLabel('Folder name').fill('docs & more');
  await dialog().getByRole('button', { name: 'Create folder' }).click();
  await page.getByRole('link', { name: /docs & more/ }).click();
  await page.getByText('There are no objects here').waitFor();
  await upload([{ name: 'inner.txt', content: 'inside' }]);
  await page.getByRole('link', { name: 'inner.txt' }).click();
  await page.getByRole('heading', { name: 'inner.txt', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'docs & more' }).first().click();
  await page.getByRole('link', { name: 'inner.txt' }).waitFor();
  await visit.isAccessible();
});

test('keys are read a page at a time, found by their beginnings, whatever is in them', async () => {
  await open('/s3/buckets/many');
  await page.getByRole('link', { name: 'key-0000' }).waitFor();
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByRole('link', { name: 'key-0250' }).waitFor();
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByRole('link', { name: 'key-0449' }).waitFor();
  expect(await page.getByRole('button', { name: 'Next page' }).isDisabled()).toBe(true);
  await page.getByRole('searchbox', { name: 'Find objects by prefix' }).fill('key-033');
  await page.getByRole('link', { name: 'key-0339' }).waitFor();
  expect(await page.getByRole('link', { name: /^key-/ }).count()).toBe(10);
  await page.getByRole('searchbox', { name: 'Find objects by prefix' }).fill('');
  await page.getByRole('link', { name: 'a + é/' }).click();
  await page.getByRole('link', { name: '<b>&.txt' }).click();
  await page.getByRole('tab', { name: 'Content' }).click();
  await page.getByText('an odd name').waitFor();
});

test('a bucket’s settings are shown and changed', async () => {
  await open('/s3/buckets/fresh-bucket?tab=properties');
  await page.getByText('arn:aws:s3:::fresh-bucket').waitFor();
  await page.getByRole('button', { name: 'Suspend' }).click();
  await page.getByText('Suspended', { exact: true }).waitFor();
  await page.getByLabel('Send notifications for all events').click();
  await expect.poll(() => yard.s3('GET', '/fresh-bucket', '', { notification: '' })).toContain('EventBridgeConfiguration');
  await visit.isAccessible();
  await visit.picture('s3-properties');
  await page.getByRole('tab', { name: 'Permissions' }).click();
  await page.getByLabel('Bucket policy').fill('{"Version": }');
  await page.getByRole('list', { name: 'Problems' }).waitFor();
  expect(await page.getByRole('button', { name: 'Save policy' }).isDisabled()).toBe(true);
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:user/rod' }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::fresh-bucket/*' }] };
  await page.getByLabel('Bucket policy').fill(JSON.stringify(policy));
  await page.getByRole('button', { name: 'Save policy' }).click();
  await page.getByText('The policy of fresh-bucket was changed').waitFor();
  expect(JSON.parse(await yard.s3('GET', '/fresh-bucket', '', { policy: '' }))).toEqual(policy);
  await visit.isAccessible();
});

test('an emptied bucket can be deleted', async () => {
  await page.getByRole('button', { name: 'Delete bucket' }).click();
  await dialog().getByLabel('Type fresh-bucket to confirm').fill('fresh-bucket');
  await dialog().getByRole('button', { name: 'Delete bucket' }).click();
  await dialog().getByText(/BucketNotEmpty/).waitFor();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Empty' }).click();
  await dialog().getByLabel('Type permanently delete to confirm').fill('permanently delete');
  await dialog().getByRole('button', { name: 'Empty' }).click();
  await page.getByText('fresh-bucket is empty').waitFor();
  await page.getByRole('button', { name: 'Delete bucket' }).click();
  await dialog().getByLabel('Type fresh-bucket to confirm').fill('fresh-bucket');
  await dialog().getByRole('button', { name: 'Delete bucket' }).click();
  await page.getByText('fresh-bucket was deleted').waitFor();
  await page.getByRole('link', { name: 'many' }).waitFor();
});

test('who may not list buckets opens one by its name, and may not change it', async () => {
  await visit.signOut('ann');
  await open('/s3/buckets');
  await visit.signIn('rod', PASSWORD);
  await page.getByText('The buckets can\'t be listed: AccessDenied').waitFor();
  await visit.isAccessible();
  await page.getByRole('textbox', { name: 'Name of a bucket' }).fill('many');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('link', { name: 'key-0000' }).waitFor();
  await upload([{ name: 'not-allowed.txt', content: 'no' }]);
  await page.getByText(/AccessDenied: .*s3:PutObject/).first().waitFor();
  await page.getByRole('checkbox', { name: 'Choose key-0000' }).check();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog().getByLabel('Type delete to confirm').fill('delete');
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await dialog().getByText(/AccessDenied/).first().waitFor();
  await visit.isAccessible();
  await visit.picture('s3-refused');
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
