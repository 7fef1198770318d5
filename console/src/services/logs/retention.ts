import { RETENTIONS } from './api';

/** `1 week`, `3 months`, `Never expire`: AWS's words for its numbers of days. */
export function shownRetention(days: number | undefined): string {
  if (days === undefined) return 'Never expire';
  const of = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`;
  const years: Record<number, number> = { 365: 1, 731: 2, 1096: 3, 1827: 5, 2192: 6, 2557: 7, 2922: 8, 3288: 9, 3653: 10 };
  const months: Record<number, number> = { 30: 1, 60: 2, 90: 3, 120: 4, 150: 5, 180: 6, 400: 13, 545: 18 };
  if (years[days]) return of(years[days], 'year');
  if (months[days]) return of(months[days], 'month');
  if (days % 7 === 0) return of(days / 7, 'week');
  return of(days, 'day');
}

/** For a `Select`; the value is the number of days, or empty. */
export const retentionOptions = [undefined, ...RETENTIONS].map((days) => ({ value: String(days ?? ''), label: shownRetention(days) }));

export const retentionOf = (value: string | undefined) => (value ? Number(value) : undefined);
