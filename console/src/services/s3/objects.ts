// S3's operations on one object.

import { presignedGet, sendRest, s3Path } from '../../api/rest';
import { encoded } from '../../api/sigv4';
import { child, childrenOf, textAt, xml } from '../../api/xml';
import { follow } from '../../components/saveFile';
import type { EpochSeconds } from '../../components/time';
import { ask, documentOf, tell } from './api';

export interface ObjectHead {
  size: number;
  modified?: EpochSeconds;
  etag?: string;
  contentType?: string;
  versionId?: string;
  storageClass?: string;
  encryption?: string;
  kmsKey?: string;
  bucketKey?: string;
  /** `CRC32` and the like, with what kind they are of. */
  checksums: { name: string; value: string }[];
  checksumType?: string;
  /** System metadata that the object was stored with. */
  system: { name: string; value: string }[];
  /** What begins with `x-amz-meta-`. */
  user: { name: string; value: string }[];
}

const CHECKSUMS = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'];
const SYSTEM = ['content-type', 'content-disposition', 'content-encoding', 'content-language', 'cache-control', 'expires', 'x-amz-website-redirect-location'];
const META = 'x-amz-meta-';

const named = (headers: Headers, names: string[], prefix = '') =>
  names.flatMap((name) => {
    const value = headers.get(`${prefix}${name}`);
    return value === null ? [] : [{ name, value }];
  });

export async function head(bucket: string, key: string, versionId: string | undefined, signal: AbortSignal): Promise<ObjectHead> {
  const { headers } = await sendRest('s3', {
    method: 'HEAD',
    path: s3Path(bucket, key),
    query: { versionId },
    headers: { 'x-amz-checksum-mode': 'ENABLED' },
    signal,
  });
  const get = (name: string) => headers.get(name) ?? undefined;
  const modified = Date.parse(get('last-modified') ?? '');
  return {
    size: Number(get('content-length')),
    modified: Number.isNaN(modified) ? undefined : modified / 1000,
    etag: get('etag'),
    contentType: get('content-type'),
    versionId: get('x-amz-version-id'),
    storageClass: get('x-amz-storage-class') ?? 'STANDARD',
    encryption: get('x-amz-server-side-encryption'),
    kmsKey: get('x-amz-server-side-encryption-aws-kms-key-id'),
    bucketKey: get('x-amz-server-side-encryption-bucket-key-enabled'),
    checksums: named(headers, CHECKSUMS, 'x-amz-checksum-').map(({ name, value }) => ({ name: name.toUpperCase(), value })),
    checksumType: get('x-amz-checksum-type'),
    system: named(headers, SYSTEM),
    user: [...headers.keys()].filter((name) => name.startsWith(META)).map((name) => ({ name: name.slice(META.length), value: get(name) ?? '' })),
  };
}

export interface Tag {
  key: string;
  value: string;
}

/** Tags of an object, or of a bucket where there is no key. */
export async function getTags(bucket: string, key: string | undefined, versionId: string | undefined, signal?: AbortSignal): Promise<Tag[]> {
  const answer = await ask({ method: 'GET', path: s3Path(bucket, key), query: { tagging: '', versionId }, signal });
  return childrenOf(child(answer, 'TagSet'), 'Tag').map((tag) => ({ key: textAt(tag, 'Key') ?? '', value: textAt(tag, 'Value') ?? '' }));
}

export function putTags(bucket: string, key: string | undefined, versionId: string | undefined, tags: Tag[]): Promise<void> {
  const path = s3Path(bucket, key);
  const query = { tagging: '', versionId };
  if (tags.length === 0) return tell({ method: 'DELETE', path, query });
  const set = xml('TagSet', { Tag: tags.map((tag) => ({ Key: tag.key, Value: tag.value })) });
  return tell({ method: 'PUT', path, query, ...documentOf('Tagging', set) });
}

/** Makes a version the newest again, by a copy of it. */
export async function copyBack(bucket: string, key: string, versionId: string): Promise<void> {
  const source = `${s3Path(bucket, key)}?versionId=${encoded(versionId)}`;
  await ask({ method: 'PUT', path: s3Path(bucket, key), headers: { 'x-amz-copy-source': source } });
}

/** How long a download may wait until the browser asks for it, in seconds. */
const SOON = 60;

/** The last part of a key, which a file is called by. */
export const nameOf = (key: string) => key.split('/').filter(Boolean).pop() ?? key;

/** An address that whoever has it can load the object by; always as a file, never as a page. */
export function addressOf(bucket: string, key: string, versionId: string | undefined, seconds: number): string {
  const query = { versionId, 'response-content-disposition': `attachment; filename*=UTF-8''${encoded(nameOf(key))}` };
  return presignedGet(s3Path(bucket, key), query, seconds);
}

/** Has the browser load an object into a file. */
export const download = (bucket: string, key: string, versionId?: string) =>
  follow(addressOf(bucket, key, versionId, SOON), nameOf(key));

/** The beginning of an object as text. */
export async function beginning(bucket: string, key: string, versionId: string | undefined, most: number, signal: AbortSignal): Promise<string> {
  const answer = await sendRest('s3', {
    method: 'GET',
    path: s3Path(bucket, key),
    query: { versionId },
    headers: { range: `bytes=0-${most - 1}` },
    signal,
  });
  return answer.text();
}
