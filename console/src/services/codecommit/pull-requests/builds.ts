// Builds of what a pull request brings. The yard tells of them in comments, one for each project and
// commit, which change with the builds; no user can be their author.

import type { Comment } from './api';

const AUTHOR = 'codebuild.amazonaws.com';
const WORDS = /^\*\*(\w+)\*\*: build (\d+) of project (\S+) for commit ([0-9a-f]+)[^]*\n\nBuild ID: (\S+)$/;

export interface BuildStatus {
  /** As CodeBuild has it: `SUCCEEDED`. */
  status: string;
  number: number;
  project: string;
  /** The beginning of the commit's id. */
  commit: string;
  id: string;
  at: number;
}

/** The build that a comment tells of, if the yard wrote it. */
export function buildOf(comment: Comment): BuildStatus | undefined {
  if (comment.authorArn !== AUTHOR) return undefined;
  const found = WORDS.exec(comment.content ?? '');
  if (!found) return undefined;
  const [, status, number, project, commit, id] = found;
  return { status, number: Number(number), project, commit, id, at: comment.lastModifiedDate };
}

/** The latest builds of a commit, by project. */
export function buildsOf(comments: Comment[], commit: string): BuildStatus[] {
  const builds = comments.flatMap((comment) => buildOf(comment) ?? []).filter((build) => commit.startsWith(build.commit));
  return builds.sort((one, other) => (one.project < other.project ? -1 : 1));
}
