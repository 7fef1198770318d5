// CodeCommit's operations, as far as several pages need them:
// https://docs.aws.amazon.com/codecommit/latest/APIReference/

import { call } from '../../api/client';
import type { EpochSeconds } from '../../components/time';

export const CODECOMMIT = { name: 'codecommit', target: 'CodeCommit_20150413' };
/** What AWS has no operation for. */
export const OWN = { name: 'codeyard', target: 'Codeyard_20261121' };

export interface Repository {
  repositoryId: string;
  repositoryName: string;
  repositoryDescription?: string;
  defaultBranch?: string;
  lastModifiedDate?: EpochSeconds;
  creationDate?: EpochSeconds;
  cloneUrlHttp: string;
  cloneUrlSsh?: string;
  Arn: string;
  accountId: string;
  kmsKeyId?: string;
}

export interface Person {
  name?: string;
  email?: string;
  /** Seconds since 1970, a blank and the offset from UTC. */
  date?: string;
}

export interface Commit {
  commitId: string;
  treeId?: string;
  parents?: string[];
  message?: string;
  author?: Person;
  committer?: Person;
}

export interface BlobMetadata {
  blobId?: string;
  path?: string;
  /** As a tree has it: `100644`, `100755`, `120000`. */
  mode?: string;
}

export interface Difference {
  beforeBlob?: BlobMetadata;
  afterBlob?: BlobMetadata;
  /** Added, modified or deleted. */
  changeType: 'A' | 'M' | 'D';
}

/** Whether an ARN is that of this repository. */
export const isOfRepository = (arn: string, name: string) => arn.includes(':codecommit:') && arn.endsWith(`:${name}`);

/** Most that BatchGetRepositories takes at once. */
const BATCH = 25;

export async function getRepository(repositoryName: string, signal?: AbortSignal): Promise<Repository> {
  const answer = await call<{ repositoryMetadata: Repository }>(CODECOMMIT, 'GetRepository', { repositoryName }, signal);
  return answer.repositoryMetadata;
}

export async function listRepositoryNames(signal?: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call<{ repositories?: { repositoryName: string }[]; nextToken?: string }>(
      CODECOMMIT, 'ListRepositories', { nextToken, sortBy: 'repositoryName', order: 'ascending' }, signal);
    names.push(...(page.repositories ?? []).map((it) => it.repositoryName));
    nextToken = page.nextToken;
  } while (nextToken);
  return names;
}

export async function getRepositories(names: string[], signal?: AbortSignal): Promise<Repository[]> {
  const all: Repository[] = [];
  for (let at = 0; at < names.length; at += BATCH) {
    const input = { repositoryNames: names.slice(at, at + BATCH) };
    const page = await call<{ repositories?: Repository[] }>(CODECOMMIT, 'BatchGetRepositories', input, signal);
    all.push(...(page.repositories ?? []));
  }
  return all;
}

export async function getCommit(repositoryName: string, commitId: string, signal?: AbortSignal): Promise<Commit> {
  return (await call<{ commit: Commit }>(CODECOMMIT, 'GetCommit', { repositoryName, commitId }, signal)).commit;
}

/** All branches' names, without `refs/heads/`. */
export async function listBranchNames(repositoryName: string, signal?: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call<{ branches?: string[]; nextToken?: string }>(
      CODECOMMIT, 'ListBranches', { repositoryName, nextToken }, signal);
    names.push(...(page.branches ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return names;
}

/** The commit at a branch's tip. */
export async function getBranch(repositoryName: string, branchName: string, signal?: AbortSignal): Promise<string> {
  const answer = await call<{ branch: { commitId: string } }>(
    CODECOMMIT, 'GetBranch', { repositoryName, branchName }, signal);
  return answer.branch.commitId;
}

/** The bytes of a base64 text. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** A blob's bytes; the yard refuses those of more than 20 MB. */
export async function getBlob(repositoryName: string, blobId: string, signal?: AbortSignal) {
  const answer = await call<{ content: string }>(CODECOMMIT, 'GetBlob', { repositoryName, blobId }, signal);
  return bytesOf(answer.content);
}

/** A page of what differs between two commits; without `before`, all that is in the later one. */
export const getDifferences = (
  input: { repositoryName: string; beforeCommitSpecifier?: string; afterCommitSpecifier: string; NextToken?: string; MaxResults?: number },
  signal?: AbortSignal,
) => call<{ differences?: Difference[]; NextToken?: string }>(CODECOMMIT, 'GetDifferences', input, signal);

/** When a person did something, in seconds since 1970. */
export const timeOf = (person: Person | undefined): EpochSeconds | undefined => {
  const seconds = Number(person?.date?.split(' ')[0]);
  return Number.isFinite(seconds) && person?.date ? seconds : undefined;
};
