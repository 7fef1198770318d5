import { expect, test } from 'vitest';
import { rangeOf } from '../src/services/logs/range';
import { retentionOf, shownRetention } from '../src/services/logs/retention';

test('retentions are told in AWS’s words', () => {
  const told = [undefined, 1, 3, 7, 14, 30, 400, 365, 3653].map(shownRetention);
  expect(told).toEqual(['Never expire', '1 day', '3 days', '1 week', '2 weeks', '1 month', '13 months', '1 year', '10 years']);
  expect([retentionOf(''), retentionOf('30')]).toEqual([undefined, 30]);
});

test('ranges are instants', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  expect(rangeOf(null, now)).toEqual({});
  expect(rangeOf({ type: 'relative', amount: 30, unit: 'minute' }, now)).toEqual({ from: now.getTime() - 1_800_000 });
  const absolute = { type: 'absolute', startDate: '2026-11-21T00:00:00Z', endDate: '2026-11-21T00:00:01Z' } as const;
  expect(rangeOf(absolute, now)).toEqual({ from: Date.parse(absolute.startDate), to: Date.parse(absolute.endDate) + 1 });
});
