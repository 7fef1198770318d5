import { expect, test } from 'vitest';
import { failureRate, frequency, span } from '../src/app/home/words';

test('spans are told in their two largest units', () => {
  expect([undefined, 0, 0.4, 59, 60, 3_725, 90_000, 86_400].map(span)).toEqual(['–', '0 s', '0 s', '59 s', '1 min', '1 h 2 min', '1 d 1 h', '1 d']);
});

test('frequencies are told in the unit in which they are once or more', () => {
  expect([0, 1, 5, 30, 45].map((count) => frequency(count, 30))).toEqual(['–', '1 a month', '1.2 a week', '1 a day', '1.5 a day']);
});

test('a rate without deliveries is none', () => {
  expect(failureRate({ succeeded: 0, failed: 0, unrestored: 0 })).toBe('–');
  expect(failureRate({ succeeded: 3, failed: 1, unrestored: 0 })).toBe('25%');
});
