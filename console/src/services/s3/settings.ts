// S3's operations on a bucket's settings. One that was never made is `undefined`.

import { ApiError } from '../../api/errors';
import { sendRest, s3Path } from '../../api/rest';
import { child, childrenOf, parseXml, textAt, xml, type Element } from '../../api/xml';
import { ask, documentOf, secondsOf, tell } from './api';
import type { EpochSeconds } from '../../components/time';

/** Codes by which S3 says that a setting was never made. */
const NEVER_MADE = new Set([
  'NoSuchBucketPolicy',
  'NoSuchPublicAccessBlockConfiguration',
  'NoSuchLifecycleConfiguration',
  'NoSuchCORSConfiguration',
  'NoSuchTagSet',
  'ServerSideEncryptionConfigurationNotFoundError',
]);

async function unlessNeverMade<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ApiError && NEVER_MADE.has(error.code)) return undefined;
    throw error;
  }
}

const get = (bucket: string, setting: string, signal?: AbortSignal) =>
  ask({ method: 'GET', path: s3Path(bucket), query: { [setting]: '' }, signal });

const put = (bucket: string, setting: string, root: string, inner: string) =>
  tell({ method: 'PUT', path: s3Path(bucket), query: { [setting]: '' }, ...documentOf(root, inner) });

export type Versioning = 'Enabled' | 'Suspended' | undefined;

export const getVersioning = async (bucket: string, signal?: AbortSignal) =>
  textAt(await get(bucket, 'versioning', signal), 'Status') as Versioning;

export const putVersioning = (bucket: string, status: 'Enabled' | 'Suspended') =>
  put(bucket, 'versioning', 'VersioningConfiguration', xml('Status', status));

export interface Encryption {
  algorithm: string;
  kmsKey?: string;
  bucketKey: boolean;
}

export async function getEncryption(bucket: string, signal?: AbortSignal): Promise<Encryption | undefined> {
  const rule = child(await unlessNeverMade(get(bucket, 'encryption', signal)), 'Rule');
  const apply = child(rule, 'ApplyServerSideEncryptionByDefault');
  if (!apply) return undefined;
  return {
    algorithm: textAt(apply, 'SSEAlgorithm') ?? '',
    kmsKey: textAt(apply, 'KMSMasterKeyID'),
    bucketKey: textAt(rule, 'BucketKeyEnabled') === 'true',
  };
}

export const putEncryption = (bucket: string, { algorithm, kmsKey, bucketKey }: Encryption) =>
  put(
    bucket,
    'encryption',
    'ServerSideEncryptionConfiguration',
    xml('Rule', {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm, KMSMasterKeyID: kmsKey || undefined },
      BucketKeyEnabled: bucketKey,
    }),
  );

export const getPolicy = (bucket: string, signal?: AbortSignal) =>
  unlessNeverMade(
    sendRest('s3', { method: 'GET', path: s3Path(bucket), query: { policy: '' }, signal }).then((answer) => answer.text()),
  );

export const putPolicy = (bucket: string, policy: string) =>
  tell({ method: 'PUT', path: s3Path(bucket), query: { policy: '' }, body: policy, headers: { 'content-type': 'application/json' } });

export const deletePolicy = (bucket: string) => tell({ method: 'DELETE', path: s3Path(bucket), query: { policy: '' } });

/** The four of S3's Block Public Access, in its order. */
export const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;
export type Blocks = Record<(typeof BLOCKS)[number], boolean>;

export async function getBlocks(bucket: string, signal?: AbortSignal): Promise<Blocks> {
  const answer = await unlessNeverMade(get(bucket, 'publicAccessBlock', signal));
  return Object.fromEntries(BLOCKS.map((name) => [name, textAt(answer, name) === 'true'])) as Blocks;
}

export const putBlocks = (bucket: string, blocks: Blocks) =>
  put(bucket, 'publicAccessBlock', 'PublicAccessBlockConfiguration', BLOCKS.map((name) => xml(name, blocks[name])).join(''));

export const getEventBridge = async (bucket: string, signal?: AbortSignal) =>
  child(await get(bucket, 'notification', signal), 'EventBridgeConfiguration') !== undefined;

export const putEventBridge = (bucket: string, on: boolean) =>
  put(bucket, 'notification', 'NotificationConfiguration', on ? '<EventBridgeConfiguration/>' : '');

export const getRegion = async (bucket: string, signal?: AbortSignal) =>
  (await get(bucket, 'location', signal)).text.trim() || 'us-east-1';

/** A setting's document with every element on a line of its own; nothing where it was never made. */
export async function getDocument(bucket: string, setting: 'lifecycle' | 'cors', signal?: AbortSignal): Promise<string | undefined> {
  const answer = await unlessNeverMade(
    sendRest('s3', { method: 'GET', path: s3Path(bucket), query: { [setting]: '' }, signal }).then((it) => it.text()),
  );
  return answer === undefined ? undefined : indented(parseXml(answer));
}

const indented = (element: Element, depth = ''): string =>
  element.children.length === 0
    ? `${depth}${xml(element.name, element.text)}`
    : [`${depth}<${element.name}>`, ...element.children.map((it) => indented(it, `${depth}  `)), `${depth}</${element.name}>`].join('\n');

export interface PendingUpload {
  key: string;
  uploadId: string;
  begun?: EpochSeconds;
}

/** Multipart uploads that were begun and neither completed nor aborted. */
export async function pendingUploads(bucket: string, signal?: AbortSignal): Promise<PendingUpload[]> {
  const all: PendingUpload[] = [];
  let from: Record<string, string | undefined> | undefined = {};
  do {
    const answer: Element = await ask({ method: 'GET', path: s3Path(bucket), query: { uploads: '', 'max-uploads': 1000, ...from }, signal });
    all.push(...childrenOf(answer, 'Upload').map((it) => ({
      key: textAt(it, 'Key') ?? '',
      uploadId: textAt(it, 'UploadId') ?? '',
      begun: secondsOf(textAt(it, 'Initiated')),
    })));
    from = textAt(answer, 'IsTruncated') === 'true' ? { 'key-marker': textAt(answer, 'NextKeyMarker'), 'upload-id-marker': textAt(answer, 'NextUploadIdMarker') } : undefined;
  } while (from);
  return all;
}

export const abortUpload = (bucket: string, key: string, uploadId: string) =>
  tell({ method: 'DELETE', path: s3Path(bucket, key), query: { uploadId } });
