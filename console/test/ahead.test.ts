import { afterEach, expect, test, vi } from 'vitest';
import type { Change } from '../src/api/changes';

const listeners = new Set<(change: Change | undefined) => void>();
vi.mock('../src/api/changes', () => ({
  onChange: (listener: (change: Change | undefined) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
}));
let ended: () => void = () => undefined;
vi.mock('../src/api/session', () => ({ session: { get: () => undefined, subscribe: (listener: () => void) => void (ended = listener) } }));

const { begin, forgetAll, seen, take } = await import('../src/api/ahead');

const signals: AbortSignal[] = [];
const reading = (key: string, answer: Promise<string>) => ({
  key,
  load: (signal: AbortSignal) => {
    signals.push(signal);
    return answer;
  },
  concerns: (arn: string) => arn === `arn:${key}`,
});

afterEach(() => {
  forgetAll();
  signals.length = 0;
});

test('what was begun is asked for once, and taken once', async () => {
  const one = reading('one', Promise.resolve('told'));
  expect(await begin(one)).toBe('told');
  await begin(one);
  expect(signals).toHaveLength(1);
  expect(seen('one')).toBe('told');
  expect(await take('one')?.answer).toBe('told');
  expect([take('one'), seen('one'), listeners.size]).toEqual([undefined, undefined, 0]);
});

test('what changed meanwhile is told to be old', async () => {
  await begin(reading('one', Promise.resolve('told')));
  await begin(reading('two', Promise.resolve('told')));
  listeners.forEach((listener) => listener({ arn: 'arn:one', detailType: '', time: '' }));
  expect([take('one')?.stale, take('two')?.stale]).toEqual([true, false]);
});

test('what nobody took ends with the page, with the session, and after a while', async () => {
  void begin(reading('one', new Promise(() => undefined)));
  forgetAll();
  expect([signals[0].aborted, take('one')]).toEqual([true, undefined]);
  await begin(reading('two', Promise.resolve('told')));
  ended();
  expect(seen('two')).toBeUndefined();
  vi.useFakeTimers();
  await begin(reading('three', Promise.resolve('told')));
  vi.advanceTimersByTime(11_000);
  expect([seen('three'), listeners.size]).toEqual([undefined, 0]);
  vi.useRealTimers();
});

test('a reading that fails fails for who takes it, and for nobody else', async () => {
  const failing = begin(reading('one', Promise.reject(new Error('shut'))));
  await expect(failing).rejects.toThrow('shut');
  await expect(take('one')?.answer).rejects.toThrow('shut');
});
