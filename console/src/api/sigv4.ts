// AWS Signature Version 4 of requests, in their headers or in their address:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

import { hex, hmac, sha256 } from './sha256';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface Unsigned {
  method: string;
  host: string;
  /** Path without a query, as it is sent. */
  path: string;
  /** What `queryOf` made of the query, as it is sent; none if absent. */
  query?: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** The hash of the body where `body` is not all of it, or `UNSIGNED-PAYLOAD`. */
  payload?: string;
}

/** Percent-encoded as signatures have it: all but letters, digits and `-._~`. */
export const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`);

/** A query in the order in which it is signed; what is `undefined` is left out. */
export function queryOf(parameters: Record<string, string | number | undefined>): string {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined);
  // By code points of what is encoded: `sort` without a comparison does that.
  return pairs.map(([name, value]) => `${encoded(name)}=${encoded(String(value))}`).sort().join('&');
}

const timeOf = (now: Date) => now.toISOString().replace(/[-:]|\.\d+/g, '');
const scopeOf = (time: string, region: string, service: string) => `${time.slice(0, 8)}/${region}/${service}/aws4_request`;

function signatureOf(request: Unsigned, signed: Record<string, string>, secret: string, time: string, scope: string): string {
  const names = Object.keys(signed).sort();
  const canonical = [
    request.method,
    request.path,
    request.query ?? '',
    ...names.map((name) => `${name}:${signed[name].trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    request.payload ?? hex(sha256(request.body)),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, hex(sha256(canonical))].join('\n');
  const key = scope.split('/').reduce<string | Uint8Array>(hmac, `AWS4${secret}`);
  return hex(hmac(key, toSign));
}

/** The headers that go with the request: those given, and those of the signature. */
export function sign(request: Unsigned, who: Credentials, region: string, service: string, now: Date): Record<string, string> {
  const time = timeOf(now);
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': time };
  if (who.sessionToken) headers['x-amz-security-token'] = who.sessionToken;

  const signed: Record<string, string> = { ...headers, host: request.host };
  const scope = scopeOf(time, region, service);
  headers.authorization =
    `AWS4-HMAC-SHA256 Credential=${who.accessKeyId}/${scope}, ` +
    `SignedHeaders=${Object.keys(signed).sort().join(';')}, ` +
    `Signature=${signatureOf(request, signed, who.secretAccessKey, time, scope)}`;
  return headers;
}

/** Path and query by which whoever has them can send the request until `seconds` have passed. */
export function presign(
  request: { method: string; host: string; path: string; query: Record<string, string | undefined> },
  who: Credentials,
  region: string,
  service: string,
  now: Date,
  seconds: number,
): string {
  const time = timeOf(now);
  const scope = scopeOf(time, region, service);
  const query = queryOf({
    ...request.query,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${who.accessKeyId}/${scope}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': seconds,
    'X-Amz-Security-Token': who.sessionToken,
    'X-Amz-SignedHeaders': 'host',
  });
  const unsigned = { ...request, query, headers: {}, body: '', payload: 'UNSIGNED-PAYLOAD' };
  const signature = signatureOf(unsigned, { host: request.host }, who.secretAccessKey, time, scope);
  return `${request.path}?${query}&X-Amz-Signature=${signature}`;
}
