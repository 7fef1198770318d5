import type { Revision, S3Location } from './types';

/** `s3://bucket/key`, with its version where it has one. */
export function revisionText(revision: Revision | undefined): string {
  const { s3Location, gitHubLocation } = revision ?? {};
  if (s3Location) return `s3://${s3Location.bucket ?? ''}/${s3Location.key ?? ''}${s3Location.version ? ` (version ${s3Location.version})` : ''}`;
  if (gitHubLocation) return `${gitHubLocation.repository ?? ''} ${gitHubLocation.commitId ?? ''}`;
  return revision?.revisionType ?? '–';
}

/** Bundle types that hosts can unpack. */
export const BUNDLES = ['zip', 'tar', 'tgz'];

/** The bucket and key of `s3://bucket/key`; nothing of what is something else. */
export function s3LocationOf(text: string): { bucket: string; key: string } | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(text.trim()) ?? [];
  return bucket ? { bucket, key } : undefined;
}

/** The bundle type that a key's name tells. */
export function bundleOf(key: string): string | undefined {
  if (/\.zip$/i.test(key)) return 'zip';
  if (/\.(tgz|tar\.gz)$/i.test(key)) return 'tgz';
  return /\.tar$/i.test(key) ? 'tar' : undefined;
}

export const addressOf = ({ bucket, key }: S3Location) => `s3://${bucket ?? ''}/${key ?? ''}`;
