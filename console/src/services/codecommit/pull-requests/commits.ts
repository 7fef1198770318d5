// The commits that a pull request brings.

import type { Commit } from '../api';

/** Commits that are looked through at most. */
export const MOST_COMMITS = 1_000;

/** Takes the commits of a branch, none before one that stands on it, and keeps those that `base` lacks. */
export class Brought {
  readonly commits: Commit[] = [];
  private readonly behind = new Set<string>();
  private readonly ahead = new Set<string>();
  private seen = 0;

  constructor(base: string | undefined, tip: string) {
    if (base) this.behind.add(base);
    if (base !== tip) this.ahead.add(tip);
  }

  take(commit: Commit) {
    this.seen++;
    const parents = commit.parents ?? [];
    if (this.behind.has(commit.commitId)) {
      for (const parent of parents) {
        this.behind.add(parent);
        this.ahead.delete(parent);
      }
      return;
    }
    this.ahead.delete(commit.commitId);
    this.commits.push(commit);
    for (const parent of parents) if (!this.behind.has(parent)) this.ahead.add(parent);
  }

  /** Whether all are found. */
  get isDone(): boolean {
    return this.ahead.size === 0;
  }

  get isTooMany(): boolean {
    return this.seen >= MOST_COMMITS;
  }
}
