import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { hex, hmac, sha256 } from '../src/api/sha256';
import { presign, queryOf, sign } from '../src/api/sigv4';

test('hashes as everybody else does, at every length around the blocks', () => {
  for (let length = 0; length < 300; length++) {
    const data = new Uint8Array(length).map((_, at) => (at * 7 + length) & 0xff);
    expect(hex(sha256(data))).toBe(createHash('sha256').update(data).digest('hex'));
    expect(hex(hmac(data, 'what'))).toBe(createHmac('sha256', data).update('what').digest('hex'));
  }
  expect(hex(sha256('né €'))).toBe(createHash('sha256').update('né €').digest('hex'));
});

test('signs as AWS documents it', () => {
  // The key derivation of AWS's own example, by node's hashes.
  const mac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
  const headers = sign(
    { method: 'POST', host: 'h:1', path: '/', headers: { 'x-amz-target': 'T.Op', 'content-type': 'a/b' }, body: '{}' },
    { accessKeyId: 'AK', secretAccessKey: 'SK', sessionToken: 'TK' },
    'us-east-1',
    'codebuild',
    new Date('2026-11-21T20:30:05.123Z'),
  );
  const canonical =
    'POST\n/\n\ncontent-type:a/b\nhost:h:1\nx-amz-date:20261121T203005Z\nx-amz-security-token:TK\nx-amz-target:T.Op\n\n' +
    'content-type;host;x-amz-date;x-amz-security-token;x-amz-target\n' +
    createHash('sha256').update('{}').digest('hex');
  const scope = '20261121/us-east-1/codebuild/aws4_request';
  const toSign = `AWS4-HMAC-SHA256\n20261121T203005Z\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`;
  const key = mac(mac(mac(mac('AWS4SK', '20261121'), 'us-east-1'), 'codebuild'), 'aws4_request');
  expect(headers.authorization).toBe(
    `AWS4-HMAC-SHA256 Credential=AK/${scope}, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, ` +
      `Signature=${mac(key, toSign).toString('hex')}`,
  );
  expect(headers['x-amz-security-token']).toBe('TK');
  expect(headers.host).toBeUndefined();
});

test('a presigned address is AWS’s own example', () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  const request = { method: 'GET', host: 'examplebucket.s3.amazonaws.com', path: '/test.txt', query: {} };
  expect(presign(request, credentials, 'us-east-1', 's3', new Date('2013-05-24T00:00:00Z'), 86400)).toBe(
    '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  );
});

test('queries are in the order of what is encoded', () => {
  expect(queryOf({ b: "a b/*'", 'a-b': 1, a: undefined, A: 'é' })).toBe('A=%C3%A9&a-b=1&b=a%20b%2F%2A%27');
});
