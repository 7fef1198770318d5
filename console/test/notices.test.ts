import { afterEach, expect, test, vi } from 'vitest';
import { areTags } from '../src/components/TagPanel';

// What React draws is not looked at here, only what is told.
vi.mock('react', async (original) => ({ ...(await original<typeof import('react')>()), useSyncExternalStore: (_: unknown, get: () => { header: string }[]) => get() }));
const { carry, clearNotices, expire, leave, notify, useNotices } = await import('../src/app/notifications');
const told = () => useNotices().map(({ header }) => header);

afterEach(() => {
  clearNotices();
  vi.useRealTimers();
});

test('messages of success end with the page or after a while, those of failure stay', () => {
  vi.useFakeTimers();
  notify({ type: 'success', header: 'saved' });
  notify({ type: 'error', header: 'refused' });
  // It is told right before another page is opened: there it is read, however long that takes.
  carry();
  vi.advanceTimersByTime(3_000);
  leave();
  expect(told()).toEqual(['refused', 'saved']);
  leave();
  expect(told()).toEqual(['refused']);
  notify({ type: 'success', header: 'saved again' });
  vi.advanceTimersByTime(3_000);
  expire(20_000);
  expect(told()).toEqual(['saved again', 'refused']);
  vi.advanceTimersByTime(20_000);
  expire(20_000);
  expect(told()).toEqual(['refused']);
});

test('a value without a key is no tag', () => {
  expect(areTags([{ Key: '', Value: 'x' }])).toBe(false);
  expect(areTags([{ Key: '', Value: '' }, { Key: 'a', Value: '' }])).toBe(true);
  expect(areTags([{ Key: 'a', Value: '1' }, { Key: 'a', Value: '2' }])).toBe(false);
});
