import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const DIFFERENCE = 3 * 3_600_000;
let session: typeof import('../src/api/session');
let client: typeof import('../src/api/client');

beforeEach(async () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) });
  vi.stubGlobal('location', { host: 'yard' });
  vi.resetModules();
  session = await import('../src/api/session');
  client = await import('../src/api/client');
  session.begin({ accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T', expiration: '2999-01-01T00:00:00Z', account: '1', region: 'us-east-1', arn: 'arn:aws:iam::1:user/a', clockOffset: 0 });
});
afterEach(() => void vi.unstubAllGlobals());

/** A yard whose clock is ahead, and that refuses what was signed by another. */
function yardAhead(by: number) {
  const asked = vi.fn(async (_: string, { headers }: { headers: Record<string, string> }) => {
    const at = headers['x-amz-date'].replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5');
    const there = Date.now() + by;
    const isGood = Math.abs(Date.parse(at) - there) < 900_000;
    return new Response(isGood ? '{"is":true}' : '{"__type":"InvalidSignatureException","message":"Signature expired"}', { status: isGood ? 200 : 403, headers: { date: new Date(there).toUTCString() } });
  });
  vi.stubGlobal('fetch', asked);
  return asked;
}

const ask = () => client.call({ name: 'codebuild', target: 'T' }, 'ListProjects', {});

test('a clock that was set since sign-in is found, and the call is signed again', async () => {
  const asked = yardAhead(DIFFERENCE);
  expect(await ask()).toEqual({ is: true });
  expect(asked).toHaveBeenCalledTimes(2);
  expect(await ask()).toEqual({ is: true });
  expect(asked).toHaveBeenCalledTimes(3);
});

test('what is refused for another reason is sent once', async () => {
  const asked = vi.fn(async () => new Response('{"__type":"AccessDeniedException","message":"no"}', { status: 403, headers: { date: new Date().toUTCString() } }));
  vi.stubGlobal('fetch', asked);
  await expect(ask()).rejects.toMatchObject({ code: 'AccessDeniedException' });
  expect(asked).toHaveBeenCalledTimes(1);
});
