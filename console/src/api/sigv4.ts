// AWS Signature Version 4 of requests with a body:
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
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/** The headers that go with the request: those given, and those of the signature. */
export function sign(
  request: Unsigned,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  region: string,
  service: string,
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': time };
  if (sessionToken) headers['x-amz-security-token'] = sessionToken;

  const signed: Record<string, string> = { ...headers, host: request.host };
  const names = Object.keys(signed).sort();
  const canonical = [
    request.method,
    request.path,
    '',
    ...names.map((name) => `${name}:${signed[name].trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    hex(sha256(request.body)),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, hex(sha256(canonical))].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Uint8Array>(hmac, `AWS4${secretAccessKey}`);
  headers.authorization =
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${hex(hmac(key, toSign))}`;
  return headers;
}
