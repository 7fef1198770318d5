// Requests of S3's kind: a method, an address with a query, and bodies of any size.

import { errorOf, isWorthAnother, overBy } from './client';
import { ApiError } from './errors';
import { hex, sha256 } from './sha256';
import { now, session } from './session';
import { encoded, presign, queryOf, sign } from './sigv4';

export interface RestRequest {
  method: string;
  /** As it is sent: each part percent-encoded. */
  path: string;
  query?: Record<string, string | number | undefined>;
  /** Names in lower case; `undefined` is left out. */
  headers?: Record<string, string | undefined>;
  body?: string | Blob;
  signal?: AbortSignal;
}

/**
 * The path of a bucket, or of an object in it.
 * Throws where no browser can send it: `.` and `..` between slashes are taken out of every address.
 */
export function s3Path(bucket: string, key?: string): string {
  if (key === undefined) return `/${encoded(bucket)}`;
  const parts = key.split('/');
  if (parts.some((it) => it === '.' || it === '..')) {
    throw new ApiError(0, 'KeyNotAddressable', `A browser can’t address the key ${key}: it resolves “.” and “..”. The AWS CLI can.`);
  }
  return `/${encoded(bucket)}/${parts.map(encoded).join('/')}`;
}

function signedBy(service: string, { method, path, query, headers = {}, body }: RestRequest) {
  const who = session.get();
  if (!who) throw new ApiError(401, 'NotSignedIn', 'Nobody is signed in.');
  const sentQuery = queryOf(query ?? {});
  // A blob is not read for its hash: those of checksums go with it.
  const payload = body instanceof Blob ? 'UNSIGNED-PAYLOAD' : hex(sha256(body ?? ''));
  const given: Record<string, string> = { 'x-amz-content-sha256': payload };
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) given[name] = value;
  const unsigned = { method, host: location.host, path, query: sentQuery, headers: given, body: '', payload };
  return { who, address: sentQuery ? `${path}?${sentQuery}` : path, headers: sign(unsigned, who, who.region, service, now()) };
}

/** Sends a signed request. Throws `ApiError` unless it succeeds. */
export async function sendRest(service: string, request: RestRequest, isSecond = false): Promise<Response> {
  const { who, address, headers } = signedBy(service, request);
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: request.method,
      headers,
      body: request.body,
      credentials: 'omit',
      // With `no-store` browsers send a Cache-Control, which S3 would keep with what is written.
      cache: request.method === 'GET' || request.method === 'HEAD' ? 'no-store' : 'default',
      signal: request.signal,
    });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new ApiError(0, 'Unreachable', 'The yard does not answer.');
  }
  if (answer.ok) return answer;
  if (!isSecond && isWorthAnother(answer)) return sendRest(service, request, true);
  const error = errorOf(answer.status, answer.statusText, (name) => answer.headers.get(name), await answer.text());
  overBy(error, who);
  throw error;
}

/** What came back of an upload: its headers. */
export type Header = (name: string) => string | null;

/** Sends a body and tells how much of it is gone: `fetch` can't. */
export function upload(service: string, request: RestRequest, progress: (bytes: number) => void): Promise<Header> {
  const { who, address, headers } = signedBy(service, request);
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    const abort = () => sending.abort();
    const failed = (error: unknown) => {
      request.signal?.removeEventListener('abort', abort);
      reject(error);
    };
    if (request.signal?.aborted) return failed(request.signal.reason);
    request.signal?.addEventListener('abort', abort);
    sending.open(request.method, address);
    for (const [name, value] of Object.entries(headers)) sending.setRequestHeader(name, value);
    sending.upload.onprogress = ({ loaded }) => progress(loaded);
    sending.onabort = () => failed(request.signal?.reason);
    sending.onerror = () => failed(new ApiError(0, 'Unreachable', 'The yard does not answer.'));
    sending.onload = () => {
      const header: Header = (name) => sending.getResponseHeader(name);
      if (sending.status >= 200 && sending.status < 300) {
        request.signal?.removeEventListener('abort', abort);
        return resolve(header);
      }
      const error = errorOf(sending.status, sending.statusText, header, sending.responseText);
      overBy(error, who);
      failed(error);
    };
    sending.send(request.body);
  });
}

/** The address of an object for whoever has it, until `seconds` have passed or the session is over. */
export function presignedGet(path: string, query: Record<string, string | undefined>, seconds: number): string {
  const who = session.get();
  if (!who) throw new ApiError(401, 'NotSignedIn', 'Nobody is signed in.');
  const left = Math.floor((Date.parse(who.expiration) - now().getTime()) / 1000);
  const host = location.host;
  return presign({ method: 'GET', host, path, query }, who, who.region, 's3', now(), Math.max(1, Math.min(seconds, left)));
}
