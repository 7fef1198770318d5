// Addresses of S3's pages, for other services' too.

import { pathOf } from '../../app/router';

/** A bucket's page, in a folder of it where there is a prefix. */
export const bucketPath = (bucket: string, prefix = '', tab?: string) => {
  const query = [prefix && `prefix=${encodeURIComponent(prefix)}`, tab && `tab=${tab}`].filter(Boolean).join('&');
  return pathOf('s3', 'buckets', bucket) + (query && `?${query}`);
};

export const objectPath = (bucket: string, key: string, versionId?: string) =>
  pathOf('s3', 'buckets', bucket, 'objects', key) + (versionId ? `?versionId=${encodeURIComponent(versionId)}` : '');

/** Bucket and key of `arn:aws:s3:::BUCKET/KEY`. */
export function locationOf(arn: string): { bucket: string; key: string } | undefined {
  const found = /^arn:[^:]+:s3:::([^/]+)\/?(.*)$/s.exec(arn);
  return found ? { bucket: found[1], key: found[2] } : undefined;
}
