// Which lines are shown where some parts are folded: each folded part shows its first line alone.

import type { Section } from './LogBuffer';

interface Span {
  /** First line, and how many are shown from it on. */
  from: number;
  count: number;
  /** The first of them, in rows. */
  row: number;
}

export class Rows {
  private spans: Span[] = [];
  readonly count: number;

  constructor(lines: number, sections: Section[], folded: ReadonlySet<number>) {
    let row = 0;
    const bounds = [0, ...sections.map((section) => section.from), lines];
    for (let at = 0; at + 1 < bounds.length; at++) {
      const length = bounds[at + 1] - bounds[at];
      const count = at > 0 && folded.has(bounds[at]) ? Math.min(1, length) : length;
      if (count > 0) this.spans.push({ from: bounds[at], count, row });
      row += count;
    }
    this.count = row;
  }

  /** The line that a row shows. */
  line(row: number): number {
    const span = this.spans.findLast((it) => it.row <= row);
    return span ? span.from + (row - span.row) : 0;
  }

  /** The row that shows a line, or the part that it is folded into. */
  row(line: number): number {
    const span = this.spans.findLast((it) => it.from <= line);
    return span ? span.row + Math.min(line - span.from, span.count - 1) : 0;
  }
}
