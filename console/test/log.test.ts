import { expect, test } from 'vitest';
import { isFailure, LogBuffer } from '../src/components/LogBuffer';
import { Rows } from '../src/components/rows';

const phase = (name: string) => `[Container] 2026/11/21 14:30:30.057503 Entering phase ${name}`;

test('lines are found again however they came', () => {
  const text = `${phase('INSTALL')}\none\n\x1b[31mred\x1b[0m\n\n${phase('BUILD')}\r\nlast`;
  for (let size = 1; size < text.length; size++) {
    const log = new LogBuffer();
    for (let at = 0; at < text.length; at += size) log.add(text.slice(at, at + size));
    log.finish();
    const lines = Array.from({ length: log.lines }, (_, at) => log.line(at));
    expect(lines).toEqual([phase('INSTALL'), 'one', 'red', '', phase('BUILD'), 'last']);
    expect(log.sections).toEqual([{ title: 'INSTALL', from: 0 }, { title: 'BUILD', from: 4 }]);
  }
});

test('no escape takes lines away', () => {
  const log = new LogBuffer();
  log.add('one\x1b]0;title\x07\n\x1b]never ended\nan error\n\x07last\n');
  expect(Array.from({ length: log.lines }, (_, at) => log.line(at))).toEqual(['one', expect.stringContaining('never ended'), 'an error', expect.stringContaining('last')]);
});

test('search goes round in both directions', () => {
  const log = new LogBuffer();
  log.add('a\nb error\nc\nd error\n');
  expect(log.find(isFailure, 0)).toBe(1);
  expect(log.find(isFailure, 2)).toBe(3);
  expect(log.find(isFailure, 4)).toBe(1);
  expect(log.find(isFailure, 0, true)).toBe(3);
  expect(log.find((line) => line === 'x', 0)).toBe(-1);
  expect(isFailure('no terror here')).toBe(false);
  expect(isFailure('[Container] 2026/11/21 20:45:04.712639 Running command echo error')).toBe(false);
});

test('a million lines are kept and found quickly', () => {
  const log = new LogBuffer();
  const piece = Array.from({ length: 10_000 }, (_, at) => `line ${at} of a piece of a long log, as they are\n`).join('');
  const began = performance.now();
  for (let at = 0; at < 100; at++) log.add(piece);
  for (let at = 0; at < 10_000; at++) log.line((at * 7919) % log.lines);
  expect(log.lines).toBe(1_000_000);
  expect(log.line(999_999)).toBe('line 9999 of a piece of a long log, as they are');
  expect(performance.now() - began).toBeLessThan(5000);
});

test('folded parts show their first line', () => {
  const sections = [{ title: 'A', from: 2 }, { title: 'B', from: 5 }];
  const open = new Rows(9, sections, new Set());
  expect(open.count).toBe(9);
  expect([0, 4, 8].map((row) => open.line(row))).toEqual([0, 4, 8]);
  const folded = new Rows(9, sections, new Set([2]));
  expect(folded.count).toBe(7);
  expect([0, 1, 2, 3, 6].map((row) => folded.line(row))).toEqual([0, 1, 2, 5, 8]);
  expect([0, 3, 5, 8].map((line) => folded.row(line))).toEqual([0, 2, 3, 6]);
});
