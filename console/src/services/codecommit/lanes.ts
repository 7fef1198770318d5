// The lanes of a commit graph: a column for each line of work that is still open, as long as a
// commit that it leads to has not come.

import type { ListedCommit } from './history';

/** A line within a row, from a lane at its top to one at its bottom. */
export interface Edge {
  from: number;
  to: number;
  /** Which colour; that of the line of work it belongs to. */
  color: number;
}

export interface GraphRow {
  /** The commit's lane. */
  lane: number;
  color: number;
  /** Lines that come from the row above and end at the commit, or go on. */
  above: Edge[];
  /** Lines that begin at the commit, or go on, to the row below. */
  below: Edge[];
  /** How many lanes the row has. */
  width: number;
}

interface Lane {
  /** The commit that it leads to. */
  waits: string;
  color: number;
}

/**
 * Rows of commits of which none comes before one that stands on it. A commit takes the first lane
 * that waits for it, where all others that do end; its first parent goes on there, and its other
 * parents get lanes of their own unless one already leads to them.
 */
export function lanesOf(commits: Pick<ListedCommit, 'commit'>[]): GraphRow[] {
  const lanes: (Lane | undefined)[] = [];
  let colors = 0;
  const free = () => {
    const at = lanes.indexOf(undefined);
    return at < 0 ? lanes.length : at;
  };
  return commits.map(({ commit }) => {
    const before = [...lanes];
    let lane = lanes.findIndex((it) => it?.waits === commit.commitId);
    const isTip = lane < 0;
    if (isTip) lane = free();
    const color = isTip ? colors++ : lanes[lane]!.color;

    const above: Edge[] = before.flatMap((it, at) =>
      it ? [{ from: at, to: it.waits === commit.commitId ? lane : at, color: it.color }] : []);
    lanes.forEach((it, at) => {
      if (it?.waits === commit.commitId) lanes[at] = undefined;
    });
    const through = lanes.map((it) => it !== undefined);

    const below: Edge[] = [];
    (commit.parents ?? []).forEach((parent, index) => {
      let to = index === 0 ? lane : lanes.findIndex((it) => it?.waits === parent);
      if (to < 0) to = free();
      lanes[to] ??= { waits: parent, color: index === 0 ? color : colors++ };
      below.push({ from: lane, to, color: lanes[to]!.color });
    });
    lanes.forEach((it, at) => {
      if (it && through[at]) below.push({ from: at, to: at, color: it.color });
    });
    while (lanes.length > 0 && lanes.at(-1) === undefined) lanes.pop();
    const width = 1 + Math.max(lane, ...above.flatMap((it) => [it.from, it.to]), ...below.map((it) => it.to));
    return { lane, color, above, below, width };
  });
}
