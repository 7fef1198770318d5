// What a view shows of a difference, row by row.

import type { Block } from './lineDiff';

export type View = 'unified' | 'split';
/** In AWS's words: the file before the change, or after it. */
export type Side = 'BEFORE' | 'AFTER';

/** A line of one of the files. */
export interface LineRef {
  side: Side;
  /** From 1. */
  line: number;
}

/** A row with lines of either file or both; indexes from 0. */
export interface LineRow {
  type: 'line';
  kind: 'same' | 'removed' | 'added' | 'changed';
  old?: number;
  new?: number;
  /** The line of the other file with which its words are compared. */
  pair?: number;
}

/** Equal lines that are not shown. */
export interface GapRow {
  type: 'gap';
  oldFrom: number;
  newFrom: number;
  count: number;
}

export type Row = LineRow | GapRow;

/** Equal lines that are shown around what differs, as git shows them. */
export const CONTEXT = 3;

export interface Shown {
  /** Lines of the old file that are shown though they are equal: from, and up to. */
  revealed: readonly (readonly [number, number])[];
  /** Lines that are shown with their surroundings, because something stands at them. */
  pinned: readonly LineRef[];
}

/** The rows of a view. */
export function rowsOf(blocks: Block[], oldLines: number, newLines: number, view: View, shown: Shown): Row[] {
  const rows: Row[] = [];
  let oldAt = 0;
  let newAt = 0;
  blocks.forEach((block, index) => {
    equal(rows, oldAt, newAt, block.oldFrom - oldAt, index === 0, false, shown);
    if (view === 'split') pairs(rows, block);
    else oneByOne(rows, block);
    oldAt = block.oldFrom + block.oldCount;
    newAt = block.newFrom + block.newCount;
  });
  equal(rows, oldAt, newAt, Math.min(oldLines - oldAt, newLines - newAt), blocks.length === 0, true, shown);
  return rows;
}

function oneByOne(rows: Row[], { oldFrom, oldCount, newFrom, newCount }: Block) {
  const both = Math.min(oldCount, newCount);
  for (let at = 0; at < oldCount; at++) {
    rows.push({ type: 'line', kind: 'removed', old: oldFrom + at, pair: at < both ? newFrom + at : undefined });
  }
  for (let at = 0; at < newCount; at++) {
    rows.push({ type: 'line', kind: 'added', new: newFrom + at, pair: at < both ? oldFrom + at : undefined });
  }
}

function pairs(rows: Row[], { oldFrom, oldCount, newFrom, newCount }: Block) {
  for (let at = 0; at < Math.max(oldCount, newCount); at++) {
    const [old, now] = [at < oldCount ? oldFrom + at : undefined, at < newCount ? newFrom + at : undefined];
    rows.push({ type: 'line', kind: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed', old, new: now });
  }
}

function equal(rows: Row[], oldFrom: number, newFrom: number, count: number, first: boolean, last: boolean, shown: Shown) {
  const shift = newFrom - oldFrom;
  const spans: [number, number][] = [];
  const show = (from: number, to: number) => {
    const span: [number, number] = [Math.max(from, oldFrom), Math.min(to, oldFrom + count)];
    if (span[0] < span[1]) spans.push(span);
  };
  if (!first) show(oldFrom, oldFrom + CONTEXT);
  if (!last) show(oldFrom + count - CONTEXT, oldFrom + count);
  for (const [from, to] of shown.revealed) show(from, to);
  for (const { side, line } of shown.pinned) {
    const at = side === 'BEFORE' ? line - 1 : line - 1 - shift;
    if (at >= oldFrom && at < oldFrom + count) show(at - CONTEXT, at + CONTEXT + 1);
  }
  spans.sort((one, other) => one[0] - other[0]);
  let at = oldFrom;
  const line = () => {
    rows.push({ type: 'line', kind: 'same', old: at, new: at + shift });
    at++;
  };
  for (const [from, to] of [...spans, [oldFrom + count, oldFrom + count]]) {
    // The row that tells of one hidden line is as high as the line.
    if (from - at === 1) line();
    else if (from > at) {
      rows.push({ type: 'gap', oldFrom: at, newFrom: at + shift, count: from - at });
      at = from;
    }
    while (at < to) line();
  }
}
