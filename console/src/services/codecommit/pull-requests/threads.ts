// Comments as conversations, and where they stand in what is shown.

import { nameOf, type ChangedFile, type LineRef } from '../../../components/diff';
import type { Comment, CommentGroup } from './api';

/** A comment with all that was said to it. */
export interface Thread {
  first: Comment;
  replies: Comment[];
  /** Where it is. */
  group: CommentGroup;
}

/** The conversations in the order of their beginnings. Those that are wholly deleted are left out. */
export function threadsOf(groups: CommentGroup[]): Thread[] {
  const comments = new Map<string, Comment>();
  const groupOf = new Map<string, CommentGroup>();
  for (const group of groups) {
    for (const comment of group.comments ?? []) {
      comments.set(comment.commentId, comment);
      groupOf.set(comment.commentId, group);
    }
  }
  const firstOf = (comment: Comment): Comment => {
    let at = comment;
    for (let steps = 0; at.inReplyTo && steps < comments.size; steps++) {
      const before = comments.get(at.inReplyTo);
      if (!before) break;
      at = before;
    }
    return at;
  };
  const threads = new Map<string, Thread>();
  const ordered = [...comments.values()].sort((one, other) => one.creationDate - other.creationDate);
  for (const comment of ordered) {
    const first = firstOf(comment);
    const thread = threads.get(first.commentId) ?? { first, replies: [], group: groupOf.get(first.commentId)! };
    if (comment !== first) thread.replies.push(comment);
    threads.set(first.commentId, thread);
  }
  return [...threads.values()].filter(({ first, replies }) => [first, ...replies].some((it) => !it.deleted));
}

/** Conversations by where they stand. */
export interface Placed {
  /** On the pull request as a whole. */
  whole: Thread[];
  /** At lines as they are now, by `placeKey`. */
  atLines: Map<string, Thread[]>;
  /** On files as they are now, by path. */
  onFiles: Map<string, Thread[]>;
  /** On lines and files that have changed since, by path. */
  outdated: Map<string, Thread[]>;
}

export const placeKey = (path: string, { side, line }: LineRef) => `${side} ${line} ${path}`;

/** Finds where conversations stand, in these files. */
export function placed(threads: Thread[], files: ChangedFile[]): Placed {
  const found: Placed = { whole: [], atLines: new Map(), onFiles: new Map(), outdated: new Map() };
  const add = (to: Map<string, Thread[]>, key: string, thread: Thread) => to.set(key, [...(to.get(key) ?? []), thread]);
  for (const thread of threads) {
    const { location, beforeBlobId, afterBlobId } = thread.group;
    if (!location?.filePath) {
      found.whole.push(thread);
      continue;
    }
    const side = location.relativeFileVersion ?? 'AFTER';
    const path = location.filePath;
    const file = files.find((it) => (side === 'BEFORE' ? it.before?.path ?? it.after?.path : nameOf(it)) === path);
    const [blob, now] = side === 'BEFORE' ? [beforeBlobId, file?.before?.blobId] : [afterBlobId, file?.after?.blobId];
    if (!file || blob !== now) add(found.outdated, file ? nameOf(file) : path, thread);
    else if (location.filePosition) add(found.atLines, placeKey(nameOf(file), { side, line: location.filePosition }), thread);
    else add(found.onFiles, nameOf(file), thread);
  }
  return found;
}

/** Lines of each file at which conversations stand. */
export function linesOfThreads({ atLines }: Placed): Map<string, LineRef[]> {
  const lines = new Map<string, LineRef[]>();
  for (const key of atLines.keys()) {
    const [side, line, ...path] = key.split(' ');
    const name = path.join(' ');
    lines.set(name, [...(lines.get(name) ?? []), { side: side === 'BEFORE' ? 'BEFORE' : 'AFTER', line: Number(line) }]);
  }
  return lines;
}
