// Where bars of a timeline are: shares of the whole time.

export interface Timed {
  start?: number;
  /** Nothing while it goes on. */
  end?: number;
}

export interface Bar {
  /** Percent from the left. */
  left: number;
  width: number;
}

/** The time from the first start to the last end, in seconds since 1970. */
export function span(items: Timed[], now: number): { from: number; to: number } {
  const started = items.filter((it): it is Timed & { start: number } => it.start !== undefined);
  const from = Math.min(...started.map(({ start }) => start));
  const to = Math.max(...started.map(({ end }) => end ?? now));
  return started.length > 0 ? { from, to: Math.max(to, from + 0.001) } : { from: now, to: now + 0.001 };
}

export function barOf({ start, end }: Timed, { from, to }: { from: number; to: number }, now: number): Bar | undefined {
  if (start === undefined) return undefined;
  const share = (seconds: number) => (100 * Math.max(0, seconds)) / (to - from);
  const left = Math.min(100, share(start - from));
  return { left, width: Math.min(100 - left, share((end ?? now) - start)) };
}
