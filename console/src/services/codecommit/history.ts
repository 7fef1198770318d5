// History, blame and references: operations of Codeyard's own, which AWS keeps for its console.

import { call } from '../../api/client';
import { CODECOMMIT, OWN, type Commit, type Person } from './api';

export interface ListedCommit {
  commit: Commit;
  /** Full names of what points at it. */
  references?: string[];
}

export interface CommitPage {
  commits: ListedCommit[];
  nextToken?: string;
}

/** Commits from these on, newest first; without any, of the default branch. */
export const listCommits = (
  input: { repositoryName: string; commitSpecifiers?: string[]; filePath?: string; maxResults?: number; nextToken?: string },
  signal?: AbortSignal,
) => call<CommitPage>(OWN, 'ListCommits', input, signal);

export interface BlameRange {
  startLine: number;
  lineCount: number;
  commitId: string;
  filePath: string;
  originalStartLine: number;
  previousCommitId?: string;
  previousFilePath?: string;
}

export interface Blame {
  commitId: string;
  blobId: string;
  ranges: BlameRange[];
  commits: Commit[];
}

export const getBlame = (repositoryName: string, commitSpecifier: string, filePath: string, signal?: AbortSignal) =>
  call<Blame>(OWN, 'GetBlame', { repositoryName, commitSpecifier, filePath }, signal);

export interface Reference {
  /** Full: `refs/heads/main`. */
  name: string;
  objectId: string;
  commitId?: string;
  tagger?: Person;
  message?: string;
}

export interface ReferencePage {
  references: Reference[];
  nextToken?: string;
}

export const listReferences = (
  input: { repositoryName: string; prefix?: string; maxResults?: number; nextToken?: string },
  signal?: AbortSignal,
) => call<ReferencePage>(OWN, 'ListReferences', input, signal);

/** Pages that are read before somebody must say more exactly what is sought. */
const MOST_PAGES = 50;

/** All references of a kind, and whether there are more than could be read. */
export async function allReferences(repositoryName: string, prefix: string, signal?: AbortSignal) {
  const references: Reference[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await listReferences({ repositoryName, prefix, nextToken }, signal);
    references.push(...answer.references);
    nextToken = answer.nextToken;
    if (!nextToken) break;
  }
  return { references, more: nextToken !== undefined };
}

/** A version of a file, as ListFileCommitHistory tells it: across renames. */
export interface FileVersion {
  commit: Commit;
  blobId: string;
  path: string;
}

export const fileHistory = (
  input: { repositoryName: string; commitSpecifier: string; filePath: string; maxResults?: number; nextToken?: string },
  signal?: AbortSignal,
) => call<{ revisionDag?: FileVersion[]; nextToken?: string }>(CODECOMMIT, 'ListFileCommitHistory', input, signal);

/** Most that BatchGetCommits takes at once. */
const BATCH = 100;

/** Commits by id; those that are not there are left out. */
export async function getCommits(repositoryName: string, ids: string[], signal?: AbortSignal): Promise<Map<string, Commit>> {
  const wanted = [...new Set(ids)];
  const found = new Map<string, Commit>();
  for (let at = 0; at < wanted.length; at += BATCH) {
    const input = { repositoryName, commitIds: wanted.slice(at, at + BATCH) };
    const page = await call<{ commits?: Commit[] }>(CODECOMMIT, 'BatchGetCommits', input, signal);
    page.commits?.forEach((commit) => found.set(commit.commitId, commit));
  }
  return found;
}
