import { crc32 as reference } from 'node:zlib';
import { expect, test } from 'vitest';
import { crc32 } from '../src/services/s3/crc32';
import { badBucketName } from '../src/services/s3/names';
import { bucketPath, locationOf } from '../src/services/s3/paths';
import { partSize } from '../src/services/s3/uploads';
import { bytes } from '../src/components/bytes';

test('checksums are zlib’s', () => {
  for (const text of ['', 'a', '123456789', 'é'.repeat(1000)]) {
    const data = Buffer.from(text);
    const wanted = Buffer.alloc(4);
    wanted.writeUInt32BE(reference(data));
    expect(crc32(data)).toBe(wanted.toString('base64'));
  }
});

test('bucket names are refused as S3 refuses them', () => {
  for (const good of ['abc', 'a.b-c', '1bucket', 'a'.repeat(63)]) expect(badBucketName(good), good).toBeUndefined();
  for (const bad of ['ab', 'a'.repeat(64), 'Abc', 'a_b', '-ab', 'ab-', 'a..b', '10.0.0.1', 'xn--abc', 'abc-s3alias']) {
    expect(badBucketName(bad), bad).toBeDefined();
  }
});

test('no file has more than 10,000 parts, and none is below 5 MiB', () => {
  const tib = 2 ** 40;
  for (const size of [16 * 2 ** 20, 80 * 2 ** 30, 5 * tib]) {
    expect(partSize(size)).toBeGreaterThanOrEqual(5 * 2 ** 20);
    expect(Math.ceil(size / partSize(size))).toBeLessThanOrEqual(10_000);
  }
});

test('addresses and sizes', () => {
  expect(bucketPath('b', 'a b/?&')).toBe('/s3/buckets/b?prefix=a%20b%2F%3F%26');
  expect(locationOf('arn:aws:s3:::b/x/y')).toEqual({ bucket: 'b', key: 'x/y' });
  expect(locationOf('arn:aws:s3:::b')).toEqual({ bucket: 'b', key: '' });
  expect(locationOf('nothing')).toBeUndefined();
  expect([0, 1023, 1536, 200 * 1024].map(bytes)).toEqual(['0 B', '1023 B', '1.5 KB', '200 KB']);
});
