import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { contentOf, imageUrl } from '../src/components/diff/content';
import { FileDiff } from '../src/components/diff/FileDiff';
import { withRenames, type ChangedFile } from '../src/components/diff/files';
import { diffLines, diffSequences, linesOf, type Block } from '../src/components/diff/lineDiff';
import { rowsOf, type Row } from '../src/components/diff/rows';
import { diffWords } from '../src/components/diff/words';

/** The later text, made of the earlier and the blocks alone; throws where what should be equal is not. */
function applied(before: string[], after: string[], blocks: Block[]): string[] {
  const made: string[] = [];
  let at = 0;
  for (const block of blocks) {
    made.push(...before.slice(at, block.oldFrom));
    expect(made.length).toBe(block.newFrom);
    made.push(...after.slice(block.newFrom, block.newFrom + block.newCount));
    at = block.oldFrom + block.oldCount;
  }
  return [...made, ...before.slice(at)];
}

const changed = (blocks: Block[]) => blocks.reduce((sum, { oldCount, newCount }) => sum + oldCount + newCount, 0);

/** The least number of changed words, by the table of longest common subsequences. */
function least(a: string[], b: string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const next = [0];
    b.forEach((other, at) => next.push(word === other ? row[at] + 1 : Math.max(next[at], row[at + 1])));
    row = next;
  }
  return a.length + b.length - 2 * row[b.length];
}

/** Numbers that are the same each time. */
function random(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

test('differences are right and the smallest there are', () => {
  const next = random(7);
  for (let round = 0; round < 2_000; round++) {
    const letters = 1 + next(5);
    const word = () => String.fromCharCode(97 + next(letters));
    const a = Array.from({ length: next(25) }, word);
    const b = Array.from({ length: next(25) }, word);
    const blocks = diffSequences(a, b);
    expect(applied(a, b, blocks)).toEqual(b);
    expect(changed(blocks)).toBe(least(a, b));
    const seen = diffLines(a, b);
    expect(applied(a, b, seen)).toEqual(b);
    expect(changed(seen)).toBe(changed(blocks));
  }
});

test('texts that have little in common are compared in bounded time, and rightly', () => {
  const next = random(3);
  const lines = () => Array.from({ length: 40_000 }, () => `line ${next(60)}`);
  const [a, b] = [lines(), lines()];
  const began = performance.now();
  const blocks = diffSequences(a, b);
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(applied(a, b, blocks)).toEqual(b);
  expect(changed(blocks)).toBeLessThan(a.length + b.length);
});

test('an added function begins where it begins', () => {
  const before = ['fn one() {', '    a();', '}', '', 'fn three() {', '    c();', '}'];
  const after = ['fn one() {', '    a();', '}', '', 'fn two() {', '    b();', '}', '', 'fn three() {', '    c();', '}'];
  expect(diffLines(before, after)).toEqual([{ oldFrom: 4, oldCount: 0, newFrom: 4, newCount: 4 }]);
});

test('lines are counted as git counts them', () => {
  expect(linesOf('')).toEqual([]);
  expect(linesOf('a\nb')).toEqual(['a', 'b']);
  expect(linesOf('a\r\n\n')).toEqual(['a', '']);
});

test('words that differ are marked, and lines that have nothing in common are not', () => {
  const marks = diffWords('let total = count + 1;', 'let total = number + 12;')!;
  expect(marks.before).toEqual([[12, 17], [20, 21]]);
  expect(marks.after).toEqual([[12, 18], [21, 23]]);
  expect(diffWords('return early;', 'while (true) {')).toBeUndefined();
  expect(diffWords('x'.repeat(2_000), 'x')).toBeUndefined();
});

const shown = (rows: Row[]) =>
  rows.map((row) => (row.type === 'gap' ? `…${row.count}` : `${{ same: ' ', removed: '-', added: '+', changed: '~' }[row.kind]}${row.old ?? ''}:${row.new ?? ''}`));

test('rows show three equal lines around what differs', () => {
  const blocks = [{ oldFrom: 10, oldCount: 1, newFrom: 10, newCount: 2 }];
  const nothing = { revealed: [], pinned: [] };
  expect(shown(rowsOf(blocks, 20, 21, 'unified', nothing))).toEqual([
    '…7', ' 7:7', ' 8:8', ' 9:9', '-10:', '+:10', '+:11', ' 11:12', ' 12:13', ' 13:14', '…6',
  ]);
  expect(shown(rowsOf(blocks, 20, 21, 'split', nothing)).slice(4, 6)).toEqual(['~10:10', '+:11']);
});

test('rows show what was asked for and what something stands at', () => {
  const blocks = [{ oldFrom: 10, oldCount: 0, newFrom: 10, newCount: 1 }];
  const rows = rowsOf(blocks, 30, 31, 'unified', { revealed: [[4, 7]], pinned: [{ side: 'AFTER', line: 21 }] });
  // One hidden line would need a row to tell of it: it is shown.
  expect(shown(rows)).toEqual([
    '…4', ' 4:4', ' 5:5', ' 6:6', ' 7:7', ' 8:8', ' 9:9', '+:10', ' 10:11', ' 11:12', ' 12:13',
    '…3', ' 16:17', ' 17:18', ' 18:19', ' 19:20', ' 20:21', ' 21:22', ' 22:23', '…7',
  ]);
});

test('what went and came with the same content has moved', () => {
  const version = (path: string, blobId: string) => ({ path, blobId, mode: '100644' });
  const files: ChangedFile[] = [
    { type: 'D', before: version('old.txt', '1') },
    { type: 'A', after: version('new.txt', '1') },
    { type: 'A', after: version('copy.txt', '1') },
    { type: 'M', before: version('b', '2'), after: version('b', '3') },
  ];
  expect(withRenames(files).map((file) => [file.type, file.before?.path, file.after?.path])).toEqual([
    ['M', 'b', 'b'],
    ['A', undefined, 'copy.txt'],
    ['R', 'old.txt', 'new.txt'],
  ]);
});

test('files with a zero byte are no text, images are shown', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(contentOf(bytes('ä\n'))).toEqual({ kind: 'text', text: 'ä\n', size: 3 });
  expect(contentOf(bytes('a\0b')).kind).toBe('binary');
  expect(imageUrl('a/b.PNG', contentOf(bytes('\0')))).toBe('data:image/png;base64,AA==');
  expect(imageUrl('a/b.bin', contentOf(bytes('\0')))).toBeUndefined();
});

const text = (of: string) => ({ kind: 'text' as const, text: of, size: of.length });
const drawn = (props: Partial<Parameters<typeof FileDiff>[0]>) => renderToStaticMarkup(createElement(FileDiff, { path: 'a.txt', view: 'unified', ...props }));

test('a huge difference is drawn in parts', () => {
  const html = drawn({ after: text('line\n'.repeat(5_000)) });
  expect(html.match(/<tr data-kind="added"/g)).toHaveLength(1_000);
  expect(html).toContain('Show more: 4,000 rows are left');
});

test('what stands at a line is below it, even where nothing differs', () => {
  const before = Array.from({ length: 50 }, (_, at) => `line ${at + 1}`).join('\n');
  for (const view of ['unified', 'split'] as const) {
    const html = drawn({
      view, before: text(before), after: text(`${before}\nmore`),
      pinned: [{ side: 'AFTER', line: 20 }],
      below: ({ side, line }) => (side === 'AFTER' && line === 20 ? 'a comment' : null),
      onLine: () => undefined, lineAction: 'Comment on',
    });
    expect(html).toMatch(/>line 20<.*a comment.*>line 21</);
    expect(html).not.toContain('>line 30<');
    expect(html).toContain('aria-label="Comment on line 20 after"');
    // One stop of the tab key for all lines.
    expect(html.match(/<button[^>]*data-line[^>]*tabindex="0"|<button[^>]*tabindex="0"[^>]*data-line/g)).toHaveLength(1);
    expect(html).toContain('The file ends without a line end.');
  }
});

test('what can not be compared by lines is told', () => {
  const bytes = (size: number) => ({ kind: 'binary' as const, bytes: new Uint8Array(size), size });
  expect(drawn({ before: bytes(10), after: bytes(2_500) })).toContain('A binary file: 10 bytes before, 2.5 KB after');
  expect(drawn({ after: { kind: 'large' } })).toContain('larger than what the yard gives at once');
  expect(drawn({ path: 'a.png', after: bytes(3) })).toContain('<img src="data:image/png;base64,AAAA" alt="a.png, After, 3 bytes"');
  expect(drawn({ after: text('') })).toContain('An empty file');
  expect(drawn({ before: text('a\n'), after: text('a\r\n') })).toContain('Lines end with CR LF now');
});
