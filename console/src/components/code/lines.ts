// Chosen lines of a file, as addresses have them: `10` or `10-20`.

export interface LineRange {
  /** The first, counted from 1. */
  from: number;
  to: number;
}

export function rangeOf(text: string | null | undefined): LineRange | undefined {
  const found = /^L?(\d{1,9})(?:-L?(\d{1,9}))?$/.exec(text?.trim() ?? '');
  if (!found) return undefined;
  const one = Number(found[1]);
  const other = Number(found[2] ?? found[1]);
  if (one < 1 || other < 1) return undefined;
  return { from: Math.min(one, other), to: Math.max(one, other) };
}

export const textOf = ({ from, to }: LineRange) => (from === to ? String(from) : `${from}-${to}`);
