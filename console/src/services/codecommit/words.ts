// References and commits as people read them.

import { shownName } from '../../api/session';
import type { Commit } from './api';

export const isCommitId = (text: string) => /^[0-9a-f]{40}$/.test(text);

export const shortId = (id: string) => id.slice(0, 8);

/** A message's first line. */
export const subjectOf = (message: string | undefined) => message?.trimStart().split('\n', 1)[0] || '(no message)';

/** What follows a message's first line. */
export const bodyOf = (message: string | undefined) => {
  const text = message?.trim() ?? '';
  const end = text.indexOf('\n');
  return end < 0 ? '' : text.slice(end + 1).trim();
};

/** Who wrote a commit. The yard names those who gave no name by their ARN; its last part says it. */
export const authorOf = (commit: Commit | undefined) => {
  const name = commit?.author?.name || commit?.author?.email || 'Unknown';
  return name.startsWith('arn:') ? shownName(name) : name;
};

/** `main` of `refs/heads/main`. */
export const branchOf = (reference: string) => reference.replace(/^refs\/heads\//, '');
export const tagOf = (reference: string) => reference.replace(/^refs\/tags\//, '');

export type ReferenceKind = 'branch' | 'tag' | 'commit' | 'other';

/** What a reference in an address is: a branch's short name, or a full name, or a commit's id. */
export function kindOf(reference: string): ReferenceKind {
  if (isCommitId(reference)) return 'commit';
  if (reference.startsWith('refs/tags/')) return 'tag';
  if (reference.startsWith('refs/heads/')) return 'branch';
  return reference.startsWith('refs/') ? 'other' : 'branch';
}

export function shownReference(reference: string): string {
  if (isCommitId(reference)) return shortId(reference);
  return tagOf(branchOf(reference));
}
