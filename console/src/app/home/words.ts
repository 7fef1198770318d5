// How measures are told.

import type { Measures } from './api';

const UNITS: [number, string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** Like `3 d 4 h`: the two largest units. */
export function span(seconds: number | undefined): string {
  if (seconds === undefined) return '–';
  const first = UNITS.findIndex(([unit]) => seconds >= unit);
  if (first < 0) return '0 s';
  let rest = Math.round(seconds);
  const parts = UNITS.slice(first, first + 2).flatMap(([unit, name]) => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count > 0 ? [`${count} ${name}`] : [];
  });
  return parts.join(' ');
}

/** How often, in the unit in which it is once or more. */
export function frequency(count: number, days: number): string {
  if (count === 0) return '–';
  const of = (per: number) => `${Math.round((count * per * 10) / days) / 10}`;
  if (count >= days) return `${of(1)} a day`;
  return count * 7 >= days ? `${of(7)} a week` : `${of(30)} a month`;
}

export function failureRate({ succeeded, failed }: Measures): string {
  const all = succeeded + failed;
  return all === 0 ? '–' : `${Math.round((failed * 100) / all)}%`;
}
