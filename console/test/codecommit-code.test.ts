import { expect, test } from 'vitest';
import { spansOf } from '../src/components/code/highlight';
import { highlight } from '../src/components/code';
import { languageOf } from '../src/components/code/languages';
import { rangeOf, textOf } from '../src/components/code/lines';

test('a language is known by the name of the file', () => {
  const known = ['src/main.rs', 'Makefile', 'a/Dockerfile.dev', 'x.test.TSX', 'README.md', '.npmrc'].map(languageOf);
  expect(known).toEqual(['rust', 'makefile', 'dockerfile', 'typescript', 'markdown', 'ini']);
  expect(['LICENSE', 'a.bin', 'x.constructor', 'constructor', 'rs', ''].map(languageOf)).toEqual(Array(6).fill(undefined));
});

test('places are taken of what highlight.js writes, line by line', () => {
  const html = 'a <span class="hljs-comment">/* <span class="hljs-doctag">TODO</span>\n &lt;b&gt; */</span>\n&amp;x';
  expect(spansOf(html)).toEqual([
    [{ from: 2, to: 5, className: 'hljs-comment' }, { from: 5, to: 9, className: 'hljs-doctag' }],
    [{ from: 0, to: 7, className: 'hljs-comment' }],
    [],
  ]);
});

test('the places are those of the characters', async () => {
  const lines = ['let s = "<a & \'b\'>"; // so', 'fn main() {}'];
  const spans = await highlight('x.rs', lines);
  const parts = spans!.map((line, at) => line.map(({ from, to, className }) => [lines[at].slice(from, to), className]));
  expect(parts[0]).toContainEqual(['"<a & \'b\'>"', 'hljs-string']);
  expect(parts[0]).toContainEqual(['// so', 'hljs-comment']);
  expect(parts[1]).toContainEqual(['fn', 'hljs-keyword']);
  expect(await highlight('x.unknown', lines)).toBeUndefined();
  expect(await highlight('x.rs', ['x'.repeat(600_000)])).toBeUndefined();
});

test('chosen lines', () => {
  expect(['10', '10-20', 'L20-L10', ' 7 '].map(rangeOf)).toEqual([
    { from: 10, to: 10 }, { from: 10, to: 20 }, { from: 10, to: 20 }, { from: 7, to: 7 },
  ]);
  expect(['', '0', 'x', '1-', null, '1-2-3', '-4'].map(rangeOf)).toEqual(Array(7).fill(undefined));
  expect([textOf({ from: 1, to: 1 }), textOf({ from: 1, to: 3 })]).toEqual(['1', '1-3']);
});
