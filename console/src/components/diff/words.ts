// Which words of a changed line differ.

import { diffSequences } from './lineDiff';

/** Characters from one place up to another. */
export type Range = [from: number, to: number];

export interface WordMarks {
  before: Range[];
  after: Range[];
}

/** Longer lines are not looked into: generated ones, which nobody reads by words. */
const LONGEST_LINE = 1_000;
/** Lines that have less than this in common are different lines, not changed ones. */
const LEAST_COMMON = 0.3;

const WORDS = /[\p{L}\p{N}_]+|\s+|[^]/gu;

export function diffWords(before: string, after: string): WordMarks | undefined {
  if (before.length > LONGEST_LINE || after.length > LONGEST_LINE) return undefined;
  const a = before.match(WORDS) ?? [];
  const b = after.match(WORDS) ?? [];
  const blocks = diffSequences(a, b);
  const marks: WordMarks = {
    before: ranges(before, a, blocks.map(({ oldFrom, oldCount }) => [oldFrom, oldFrom + oldCount])),
    after: ranges(after, b, blocks.map(({ newFrom, newCount }) => [newFrom, newFrom + newCount])),
  };
  const solid = (text: string) => text.replace(/\s/g, '').length;
  const marked = (text: string, of: Range[]) => of.reduce((sum, [from, to]) => sum + solid(text.slice(from, to)), 0);
  const common = solid(before) - marked(before, marks.before);
  const whole = Math.max(solid(before), solid(after));
  return whole === 0 || common / whole >= LEAST_COMMON ? marks : undefined;
}

/** Ranges of words as ranges of characters; those that only spaces part are one. */
function ranges(line: string, words: string[], of: Range[]): Range[] {
  const starts = [0];
  for (const word of words) starts.push(starts[starts.length - 1] + word.length);
  const found: Range[] = [];
  for (const [from, to] of of) {
    if (from === to) continue;
    const last = found[found.length - 1];
    if (last && /^\s+$/.test(line.slice(last[1], starts[from]))) last[1] = starts[to];
    else found.push([starts[from], starts[to]]);
  }
  return found;
}
