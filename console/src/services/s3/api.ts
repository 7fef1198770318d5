// S3's operations on buckets and listings: https://docs.aws.amazon.com/AmazonS3/latest/API/

import { ApiError } from '../../api/errors';
import { sendRest, s3Path, type RestRequest } from '../../api/rest';
import { child, childrenOf, parseXml, textAt, xml, type Element } from '../../api/xml';
import type { EpochSeconds } from '../../components/time';
import { base64 } from './crc32';
import { sha256 } from '../../api/sha256';

const S3 = 's3';
const XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

export async function ask(request: RestRequest): Promise<Element> {
  return parseXml(await (await sendRest(S3, request)).text());
}

export async function tell(request: RestRequest): Promise<void> {
  await sendRest(S3, request);
}

/** A document of S3's, with the checksum of it that some operations want. */
export function documentOf(name: string, inner: string): Pick<RestRequest, 'body' | 'headers'> {
  const body = `<${name} ${XMLNS}>${inner}</${name}>`;
  return { body, headers: { 'content-type': 'application/xml', 'x-amz-checksum-sha256': base64(sha256(body)) } };
}

export const secondsOf = (iso: string | undefined): EpochSeconds | undefined => {
  const at = iso === undefined ? NaN : Date.parse(iso);
  return Number.isNaN(at) ? undefined : at / 1000;
};

export interface Bucket {
  name: string;
  created?: EpochSeconds;
  region?: string;
}

export async function listBuckets(signal?: AbortSignal): Promise<Bucket[]> {
  const all: Bucket[] = [];
  let token: string | undefined;
  do {
    const page = await ask({ method: 'GET', path: '/', query: { 'max-buckets': 1000, 'continuation-token': token }, signal });
    for (const bucket of childrenOf(child(page, 'Buckets'), 'Bucket')) {
      all.push({ name: textAt(bucket, 'Name') ?? '', created: secondsOf(textAt(bucket, 'CreationDate')), region: textAt(bucket, 'BucketRegion') });
    }
    token = textAt(page, 'ContinuationToken') || undefined;
  } while (token);
  return all;
}

/** Makes a bucket; in us-east-1, which has no location constraint of its own, without one. */
export async function createBucket(name: string, region: string): Promise<void> {
  const own = region === 'us-east-1' ? {} : documentOf('CreateBucketConfiguration', xml('LocationConstraint', region));
  await tell({ method: 'PUT', path: s3Path(name), ...own });
}

export const deleteBucket = (name: string) => tell({ method: 'DELETE', path: s3Path(name) });

export interface Entry {
  /** The whole key, or the prefix that keys share. */
  key: string;
  isFolder: boolean;
  size?: number;
  modified?: EpochSeconds;
  etag?: string;
  storageClass?: string;
  /** Where versions are listed. */
  versionId?: string;
  isLatest?: boolean;
  isDeleteMarker?: boolean;
}

/** Where a listing goes on. */
export interface Marker {
  token?: string;
  key?: string;
  versionId?: string;
}

export interface Listing {
  entries: Entry[];
  next?: Marker;
}

interface Asked {
  bucket: string;
  prefix: string;
  /** `/`, or nothing for all keys below. */
  delimiter?: string;
  versions: boolean;
  from?: Marker;
  most: number;
  signal?: AbortSignal;
}

// With `encoding-type=url` keys may have what XML can't; a plus sign is written %2B there.
const decode = (text: string | undefined) => decodeURIComponent((text ?? '').replace(/\+/g, '%20'));

const folders = (page: Element): Entry[] =>
  childrenOf(page, 'CommonPrefixes').map((it) => ({ key: decode(textAt(it, 'Prefix')), isFolder: true }));

function entryOf(item: Element): Entry {
  const size = textAt(item, 'Size');
  return {
    key: decode(textAt(item, 'Key')),
    isFolder: false,
    size: size === undefined ? undefined : Number(size),
    modified: secondsOf(textAt(item, 'LastModified')),
    etag: textAt(item, 'ETag'),
    storageClass: textAt(item, 'StorageClass'),
    versionId: textAt(item, 'VersionId'),
    isLatest: textAt(item, 'IsLatest') === 'true',
    isDeleteMarker: item.name === 'DeleteMarker',
  };
}

/** Versions of a key beside each other, the newest first: answers may have delete markers apart. */
function byKeyAndAge(a: Entry, b: Entry): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  if (a.isLatest !== b.isLatest) return a.isLatest ? -1 : 1;
  return (b.modified ?? 0) - (a.modified ?? 0);
}

/** A page of a bucket's objects, or of the versions of them. */
export async function list({ bucket, prefix, delimiter, versions, from, most, signal }: Asked): Promise<Listing> {
  const path = s3Path(bucket);
  const common = { prefix, delimiter, 'encoding-type': 'url', 'max-keys': most };
  if (!versions) {
    const query = { ...common, 'list-type': 2, 'continuation-token': from?.token };
    const page = await ask({ method: 'GET', path, query, signal });
    const token = textAt(page, 'IsTruncated') === 'true' ? textAt(page, 'NextContinuationToken') : undefined;
    return { entries: [...folders(page), ...childrenOf(page, 'Contents').map(entryOf)], next: token ? { token } : undefined };
  }
  const query = { ...common, versions: '', 'key-marker': from?.key, 'version-id-marker': from?.versionId };
  const page = await ask({ method: 'GET', path, query, signal });
  const items = page.children.filter(({ name }) => name === 'Version' || name === 'DeleteMarker').map(entryOf);
  items.sort(byKeyAndAge);
  const next =
    textAt(page, 'IsTruncated') === 'true'
      ? { key: decode(textAt(page, 'NextKeyMarker')), versionId: textAt(page, 'NextVersionIdMarker') || undefined }
      : undefined;
  return { entries: [...folders(page), ...items], next };
}

export interface Doomed {
  key: string;
  versionId?: string;
}

/** Most keys that one call deletes. */
const DELETED_AT_ONCE = 1000;

async function deleteSome(bucket: string, doomed: Doomed[], signal?: AbortSignal): Promise<void> {
  const objects = doomed.map(({ key, versionId }) => xml('Object', { Key: key, VersionId: versionId })).join('');
  const answer = await ask({
    method: 'POST',
    path: s3Path(bucket),
    query: { delete: '' },
    ...documentOf('Delete', `${xml('Quiet', true)}${objects}`),
    signal,
  });
  const errors = childrenOf(answer, 'Error');
  const first = errors[0];
  if (!first) return;
  const code = textAt(first, 'Code') ?? 'Failed';
  const more = errors.length > 1 ? ` ${errors.length - 1} more were not deleted either.` : '';
  throw new ApiError(code === 'AccessDenied' ? 403 : 400, code, `${textAt(first, 'Key')}: ${textAt(first, 'Message') ?? ''}${more}`);
}

/** Deletes objects or versions; `gone` is told how many so far. */
export async function deleteObjects(bucket: string, doomed: Doomed[], gone?: (count: number) => void, signal?: AbortSignal) {
  for (let at = 0; at < doomed.length; at += DELETED_AT_ONCE) {
    await deleteSome(bucket, doomed.slice(at, at + DELETED_AT_ONCE), signal);
    gone?.(Math.min(doomed.length, at + DELETED_AT_ONCE));
  }
}

/** Deletes all below a prefix; with `versions` every version and delete marker too. Answers how many. */
export async function deleteBelow(
  bucket: string,
  prefix: string,
  versions: boolean,
  gone?: (count: number) => void,
  signal?: AbortSignal,
): Promise<number> {
  let count = 0;
  for (;;) {
    // Always the first page: what it had is gone by the next.
    const page = await list({ bucket, prefix, versions, most: DELETED_AT_ONCE, signal });
    if (page.entries.length === 0) return count;
    await deleteSome(bucket, page.entries.map(({ key, versionId }) => ({ key, versionId })), signal);
    count += page.entries.length;
    gone?.(count);
  }
}

/** Makes the empty object by which S3's console shows a folder that has nothing in it. */
export const createFolder = (bucket: string, prefix: string) =>
  tell({ method: 'PUT', path: s3Path(bucket, prefix), body: '', headers: { 'content-type': 'application/x-directory' } });
