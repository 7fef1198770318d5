/** A range as the date picker has it. */
type Range =
  | { type: 'absolute'; startDate: string; endDate: string }
  | { type: 'relative'; amount: number; unit: string }
  | null;

const SECONDS: Record<string, number> = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400, year: 365 * 86_400 };

/** The range in seconds since 1970, as operations take it; nothing for any time. */
export function rangeOf(range: Range, now: number): { start?: number; end?: number } | undefined {
  if (range === null) return undefined;
  if (range.type === 'relative') return { start: Math.floor(now - range.amount * (SECONDS[range.unit] ?? 1)) };
  const at = (text: string) => {
    const time = Date.parse(text);
    return Number.isNaN(time) ? undefined : time / 1000;
  };
  return { start: at(range.startDate), end: at(range.endDate) };
}
