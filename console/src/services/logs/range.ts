import type { DateRangePickerProps } from '@cloudscape-design/components/date-range-picker';

const SECONDS: Record<DateRangePickerProps.TimeUnit, number> = {
  second: 1, minute: 60, hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400, year: 365 * 86_400,
};

/** The instants, in milliseconds, that a range is from and before. */
export function rangeOf(range: DateRangePickerProps.Value | null, now: Date): { from?: number; to?: number } {
  if (!range) return {};
  if (range.type === 'relative') return { from: now.getTime() - 1000 * range.amount * SECONDS[range.unit] };
  // The end itself is meant too.
  return { from: Date.parse(range.startDate), to: Date.parse(range.endDate) + 1 };
}
