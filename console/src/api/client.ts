// Calls of the services' public operations, signed by the session: the console can do nothing that
// the AWS CLI could not do with the same credentials.

import { ApiError } from './errors';
import { end, now, resetClock, session, type Session } from './session';
import { sign } from './sigv4';
import { unescapeXml } from './xml';

/** A service that speaks JSON: its signing name and the prefix of its targets. */
export interface JsonService {
  name: string;
  target: string;
}

const OVER = new Set(['ExpiredToken', 'ExpiredTokenException', 'InvalidClientTokenId', 'UnrecognizedClientException']);

/** Whether a request that failed is worth signing again: a wrong clock made its signature bad. */
export const isWorthAnother = ({ status, headers }: Response) => (status === 400 || status === 403) && resetClock(headers.get('date'));

/** Sends a signed POST to the yard. */
export async function send(
  service: string,
  path: string,
  headers: Record<string, string>,
  body: string,
  signal?: AbortSignal,
  isSecond = false,
): Promise<Response> {
  const who = session.get();
  if (!who) throw new ApiError(401, 'NotSignedIn', 'Nobody is signed in.');
  const request = { method: 'POST', host: location.host, path, headers, body };
  let answer: Response;
  try {
    answer = await fetch(path, {
      method: 'POST',
      headers: sign(request, who, who.region, service, now()),
      body,
      credentials: 'omit',
      cache: 'no-store',
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'Unreachable', 'The yard does not answer.');
  }
  if (answer.ok) return answer;
  if (!isSecond && isWorthAnother(answer)) return send(service, path, headers, body, signal, true);
  const error = errorOf(answer.status, answer.statusText, (name) => answer.headers.get(name), await answer.text());
  overBy(error, who);
  throw error;
}

/** Ends the session where an error says that it is over. */
export function overBy(error: ApiError, who: Session) {
  // Another tab or call may have signed in anew meanwhile.
  if (OVER.has(error.code) && session.get()?.accessKeyId === who.accessKeyId) end('Your session has ended. Sign in to go on.');
}

/** The error of an answer, in whichever protocol's form. */
export function errorOf(status: number, statusText: string, header: (name: string) => string | null, text: string): ApiError {
  const id = header('x-amzn-requestid') ?? header('x-amz-request-id') ?? undefined;
  try {
    const body = JSON.parse(text);
    const code = String(body.__type ?? body.code ?? statusText).split('#').pop() ?? '';
    return new ApiError(status, code, String(body.message ?? body.Message ?? ''), id);
  } catch {
    const part = (tag: string) => unescapeXml(new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(text)?.[1] ?? '');
    return new ApiError(status, part('Code') || `HTTP ${status}`, part('Message'), id);
  }
}

/** Calls an operation of a service that speaks JSON 1.1. */
export async function call<Output>(
  service: JsonService,
  operation: string,
  input: object,
  signal?: AbortSignal,
): Promise<Output> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `${service.target}.${operation}`,
  };
  const answer = await send(service.name, '/', headers, JSON.stringify(input), signal);
  return (await answer.json()) as Output;
}
