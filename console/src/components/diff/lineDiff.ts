// Which lines differ: Myers' algorithm in linear space (An O(ND) Difference Algorithm and Its
// Variations, 1986), searching from both ends. Where two texts have little in common the search is
// given up after `MAX_COST` steps and cut at the farthest point: the difference is then not the
// smallest, but it is a difference, in time that grows with the lines alone.

/** Lines of one text that stand in the place of lines of the other; one of the counts may be 0. */
export interface Block {
  oldFrom: number;
  oldCount: number;
  newFrom: number;
  newCount: number;
}

const MAX_COST = 256;

/** The lines of a text, without their ends. A last line without an end is one too. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

/** What differs between two lists of lines, in order, each block with equal lines around it. */
export function diffLines(before: string[], after: string[]): Block[] {
  return slid(diffSequences(before, after), before, after);
}

/** The same for any words, without moving blocks to where people would see them. */
export function diffSequences(before: string[], after: string[]): Block[] {
  const ids = new Map<string, number>();
  const known = (words: string[]) =>
    Int32Array.from(words, (word) => {
      const id = ids.get(word) ?? ids.size;
      ids.set(word, id);
      return id;
    });
  const a = known(before);
  const b = known(after);
  const changedA = new Uint8Array(a.length).fill(1);
  const changedB = new Uint8Array(b.length).fill(1);

  // What is on one side alone can equal nothing: the search need not see it.
  const inA = new Uint8Array(ids.size);
  const inB = new Uint8Array(ids.size);
  a.forEach((id) => (inA[id] = 1));
  b.forEach((id) => (inB[id] = 1));
  const common = (own: Int32Array, other: Uint8Array) =>
    Int32Array.from(own.keys()).filter((at) => other[own[at]] === 1);
  const fromA = common(a, inB);
  const fromB = common(b, inA);
  const search = new Search(fromA.map((at) => a[at]), fromB.map((at) => b[at]));
  search.run();
  fromA.forEach((at, index) => (changedA[at] = search.changedA[index]));
  fromB.forEach((at, index) => (changedB[at] = search.changedB[index]));
  return blocksOf(changedA, changedB);
}

function blocksOf(changedA: Uint8Array, changedB: Uint8Array): Block[] {
  const blocks: Block[] = [];
  let a = 0;
  let b = 0;
  while (a < changedA.length || b < changedB.length) {
    const block = { oldFrom: a, oldCount: 0, newFrom: b, newCount: 0 };
    while (changedA[a] === 1) a++;
    while (changedB[b] === 1) b++;
    block.oldCount = a - block.oldFrom;
    block.newCount = b - block.newFrom;
    if (block.oldCount + block.newCount > 0) blocks.push(block);
    a++;
    b++;
  }
  return blocks;
}

class Search {
  readonly changedA: Uint8Array;
  readonly changedB: Uint8Array;
  private readonly forward: Int32Array;
  private readonly backward: Int32Array;
  /** Diagonals begin below zero. */
  private readonly zero: number;

  constructor(
    private readonly a: Int32Array,
    private readonly b: Int32Array,
  ) {
    this.changedA = new Uint8Array(a.length);
    this.changedB = new Uint8Array(b.length);
    this.zero = b.length + 1;
    this.forward = new Int32Array(a.length + b.length + 3);
    this.backward = new Int32Array(a.length + b.length + 3);
  }

  run() {
    const { a, b } = this;
    const todo: [number, number, number, number][] = [[0, a.length, 0, b.length]];
    for (let range = todo.pop(); range; range = todo.pop()) {
      let [aFrom, aTo, bFrom, bTo] = range;
      while (aFrom < aTo && bFrom < bTo && a[aFrom] === b[bFrom]) {
        aFrom++;
        bFrom++;
      }
      while (aFrom < aTo && bFrom < bTo && a[aTo - 1] === b[bTo - 1]) {
        aTo--;
        bTo--;
      }
      if (aFrom === aTo) this.changedB.fill(1, bFrom, bTo);
      else if (bFrom === bTo) this.changedA.fill(1, aFrom, aTo);
      else {
        const [x, y] = this.middle(aFrom, aTo, bFrom, bTo);
        todo.push([aFrom, x, bFrom, y], [x, aTo, y, bTo]);
      }
    }
  }

  /** A point on a shortest way, or a good one, from the beginning of the ranges to their end. */
  private middle(aFrom: number, aTo: number, bFrom: number, bTo: number): [number, number] {
    const { a, b, forward, backward, zero } = this;
    const least = aFrom - bTo;
    const most = aTo - bFrom;
    const start = aFrom - bFrom;
    const goal = aTo - bTo;
    const odd = ((start - goal) & 1) !== 0;
    const never = 2 ** 30;
    let [fMin, fMax, bMin, bMax] = [start, start, goal, goal];
    forward[zero + start] = aFrom;
    backward[zero + goal] = aTo;
    for (let cost = 1; ; cost++) {
      if (fMin > least) forward[zero + --fMin - 1] = -1;
      else fMin++;
      if (fMax < most) forward[zero + ++fMax + 1] = -1;
      else fMax--;
      for (let d = fMax; d >= fMin; d -= 2) {
        const low = forward[zero + d - 1];
        const high = forward[zero + d + 1];
        let x = low < high ? high : low + 1;
        let y = x - d;
        while (x < aTo && y < bTo && a[x] === b[y]) {
          x++;
          y++;
        }
        forward[zero + d] = x;
        if (odd && bMin <= d && d <= bMax && backward[zero + d] <= x) return [x, y];
      }
      if (bMin > least) backward[zero + --bMin - 1] = never;
      else bMin++;
      if (bMax < most) backward[zero + ++bMax + 1] = never;
      else bMax--;
      for (let d = bMax; d >= bMin; d -= 2) {
        const low = backward[zero + d - 1];
        const high = backward[zero + d + 1];
        let x = low < high ? low : high - 1;
        let y = x - d;
        while (aFrom < x && bFrom < y && a[x - 1] === b[y - 1]) {
          x--;
          y--;
        }
        backward[zero + d] = x;
        if (!odd && fMin <= d && d <= fMax && x <= forward[zero + d]) return [x, y];
      }
      if (cost >= MAX_COST) return this.farthest([aFrom, aTo, bFrom, bTo], [fMin, fMax, bMin, bMax]);
    }
  }

  private farthest([aFrom, aTo, bFrom, bTo]: number[], [fMin, fMax, bMin, bMax]: number[]): [number, number] {
    let ahead: [number, number] = [aFrom, bFrom];
    for (let d = fMax; d >= fMin; d -= 2) {
      const x = Math.min(this.forward[this.zero + d], aTo, bTo + d);
      if (2 * x - d > ahead[0] + ahead[1]) ahead = [x, x - d];
    }
    let back: [number, number] = [aTo, bTo];
    for (let d = bMax; d >= bMin; d -= 2) {
      const x = Math.max(this.backward[this.zero + d], aFrom, bFrom + d);
      if (2 * x - d < back[0] + back[1]) back = [x, x - d];
    }
    const gone = ahead[0] + ahead[1] - aFrom - bFrom;
    return aTo + bTo - back[0] - back[1] < gone ? ahead : back;
  }
}

/**
 * Moves what was only added or only removed to where it looks like what somebody has done: among the
 * places that mean the same, to the one where what begins and what follows is indented least.
 */
function slid(blocks: Block[], before: string[], after: string[]): Block[] {
  const moved: Block[] = [];
  blocks.forEach((block, index) => {
    moved.push(block);
    const { oldFrom, oldCount, newFrom, newCount } = block;
    if (oldCount > 0 && newCount > 0) return;
    const [lines, from, count] = oldCount > 0 ? [before, oldFrom, oldCount] : [after, newFrom, newCount];
    const previous = moved[index - 1];
    const next = blocks[index + 1];
    const room = previous ? oldFrom - previous.oldFrom - previous.oldCount - 1 : oldFrom;
    const rest = next ? next.oldFrom - oldFrom - oldCount - 1 : before.length - oldFrom - oldCount;
    let up = 0;
    while (up < Math.min(room, LONGEST_SLIDE) && lines[from - up - 1] === lines[from - up - 1 + count]) up++;
    let down = 0;
    while (down < Math.min(rest, LONGEST_SLIDE) && lines[from + down] === lines[from + down + count]) down++;
    let best = 0;
    let least = Infinity;
    for (let shift = -up; shift <= down; shift++) {
      const score = indent(lines, from + shift) + indent(lines, from + shift + count);
      if (score <= least) [best, least] = [shift, score];
    }
    moved[index] = { ...block, oldFrom: oldFrom + best, newFrom: newFrom + best };
  });
  return moved;
}

const LONGEST_SLIDE = 100;
/** A block that begins with an empty line looks torn. */
const EMPTY = 200;

function indent(lines: string[], at: number): number {
  if (at >= lines.length) return 0;
  const first = lines[at].search(/\S/);
  return first < 0 ? EMPTY : Math.min(first, EMPTY);
}
