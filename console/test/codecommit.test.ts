import { expect, test } from 'vitest';
import { badBranch, badPath, base64Of } from '../src/services/codecommit/contents';
import { editable, encoded } from '../src/services/codecommit/editing';
import { lanesOf } from '../src/services/codecommit/lanes';
import { resolved } from '../src/services/codecommit/links';
import { problemsOf } from '../src/services/codecommit/uploads';
import { bodyOf, kindOf, shownReference, subjectOf } from '../src/services/codecommit/words';
import { contentOf, formOf } from '../src/services/codecommit/templates';
import { badName } from '../src/services/codecommit/settings';

const graph = (text: string) =>
  lanesOf(text.trim().split('\n').map((line) => {
    const [commitId, ...parents] = line.trim().split(' ');
    return { commit: { commitId, parents } };
  }));

test('a history without merges is one lane', () => {
  const rows = graph('c b\nb a\na');
  expect(rows.map(({ lane, width }) => [lane, width])).toEqual([[0, 1], [0, 1], [0, 1]]);
  expect(new Set(rows.map(({ color }) => color)).size).toBe(1);
  expect(rows[0].above).toEqual([]);
  expect(rows[2].below).toEqual([]);
});

test('a merge opens a lane, which ends where both stand on one commit', () => {
  const rows = graph('m b s\ns a\nb a\na');
  expect(rows.map(({ lane }) => lane)).toEqual([0, 1, 0, 0]);
  expect(rows[0].below.map(({ from, to }) => [from, to])).toEqual([[0, 0], [0, 1]]);
  expect(rows[1].above.map(({ from, to }) => [from, to])).toEqual([[0, 0], [1, 1]]);
  expect(rows[2].below.map(({ from, to }) => [from, to])).toEqual([[0, 0], [1, 1]]);
  expect(rows[3].above.map(({ from, to }) => [from, to])).toEqual([[0, 0], [1, 0]]);
});

test('each line goes on where the row above left it', () => {
  const rows = graph('x w\nm b s t\nt w\ns a\nb a w\nw r\na r\nr');
  rows.slice(1).forEach((row, at) => {
    const left = new Set(rows[at].below.map(({ to }) => to));
    const taken = new Set(row.above.map(({ from }) => from));
    expect(taken, `row ${at + 1}`).toEqual(left);
  });
  expect(rows.at(-1)!.below).toEqual([]);
  for (const row of rows) expect(row.lane).toBeLessThan(row.width);
});

test('commits whose parents are on another page keep their lanes open', () => {
  const rows = graph('a x\nb y');
  expect(rows[1].below.map(({ from, to }) => [from, to]).sort()).toEqual([[0, 0], [1, 1]]);
});

test('what an edit does not touch stays as it is', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  for (const text of ['', 'a\nb', 'a\r\nb\r\n', '\ufeffwith a mark\n', 'ä €\n']) {
    const found = editable(bytes(text));
    if (typeof found === 'string') throw new Error(found);
    expect(found.text).not.toContain('\r');
    expect(encoded(found.text, found.ending)).toEqual(bytes(text));
  }
  for (const bad of [bytes('a\r\nb\n'), bytes('a\rb'), new Uint8Array([0xff, 0xfe, 0x41]), new Uint8Array([65, 0]), new Uint8Array(2 << 20), undefined]) {
    expect(typeof editable(bad)).toBe('string');
  }
});

test('paths, branches and names as git and AWS have them', () => {
  expect(['a', 'src/a b.rs', '.github/x', 'ä', 'a#?%'].map(badPath)).toEqual(Array(5).fill(undefined));
  for (const bad of ['', '/a', 'a/', 'a//b', 'a/../b', '.git/config', 'x/.GIT', 'a/'.repeat(21) + 'b', 'x'.repeat(5000)]) expect(badPath(bad), bad).toBeTruthy();
  expect(['main', 'ann/readme', 'v1.0-x', 'ä'].map(badBranch)).toEqual(Array(4).fill(undefined));
  for (const bad of ['', '-a', 'a b', 'a..b', 'a.lock', 'a/', '/a', '.a', 'a/.b', 'a~1', 'a^', 'a:b', 'a?', '@', 'HEAD', 'x@{1}', 'a\\b', 'x'.repeat(257)]) expect(badBranch(bad), bad).toBeTruthy();
  expect(['shop', 'a.b_c-d'].map(badName)).toEqual([undefined, undefined]);
  for (const bad of ['', 'a b', 'x.git', '..', 'ä', 'x'.repeat(101)]) expect(badName(bad), bad).toBeTruthy();
});

test('uploads that do not fit are told before they are sent', () => {
  const file = (path: string, size: number) => ({ path, blob: { size } as Blob });
  expect(problemsOf('', [file('a', 1), file('b', 2)])).toEqual({ size: 3, all: undefined, byPath: new Map() });
  expect([...problemsOf('x', [file('a', (6 << 20) + 1), file('..', 1)]).byPath.keys()]).toEqual(['a', '..']);
  expect(problemsOf('', [file('a', 6 << 20), file('b', (1 << 20) + 1)]).all).toContain('7 MB');
  expect(problemsOf('', Array.from({ length: 101 }, (_, at) => file(`f${at}`, 1))).all).toContain('101 files');
});

test('bytes become base64 whatever their number', () => {
  const bytes = Uint8Array.from({ length: 100_001 }, (_, at) => at % 256);
  expect(Buffer.from(base64Of(bytes), 'base64').equals(Buffer.from(bytes))).toBe(true);
});

test('links in a text lead to the repository’s own files', () => {
  const from = (href: string) => resolved('docs/guide/README.md', href);
  expect(['a.md', './a.md', '../a.md', '/src/x.rs', 'a%20b.md#top', 'x/../y'].map(from)).toEqual([
    'docs/guide/a.md', 'docs/guide/a.md', 'docs/a.md', 'src/x.rs', 'docs/guide/a b.md', 'docs/guide/y',
  ]);
  expect(['https://x/', 'javascript:alert(1)', '//x/y', '#top', '../../../x', 'mailto:a@b'].map(from)).toEqual(Array(6).fill(undefined));
});

test('references and messages as people read them', () => {
  const id = 'a'.repeat(40);
  expect([id, 'refs/tags/v1', 'refs/heads/x', 'main', 'refs/notes/x'].map(kindOf)).toEqual(['commit', 'tag', 'branch', 'branch', 'other']);
  expect([id, 'refs/tags/v1', 'ann/x'].map(shownReference)).toEqual(['aaaaaaaa', 'v1', 'ann/x']);
  expect([subjectOf('\nOne\n\nTwo\n'), bodyOf('One\n\nTwo\nThree\n'), subjectOf(''), bodyOf('One')]).toEqual(['One', 'Two\nThree', '(no message)', '']);
});

test('a template by form and as JSON', () => {
  const form = { needed: 2, members: ['CodeCommitApprovers:123456789012:ann'], branches: ['main', 'refs/heads/x*'] };
  expect(formOf(contentOf(form))).toEqual({ ...form, branches: ['main', 'x*'] });
  expect(JSON.parse(contentOf({ ...form, branches: [] }))).not.toHaveProperty('DestinationReferences');
  expect(JSON.parse(contentOf(form)).DestinationReferences).toEqual(['refs/heads/main', 'refs/heads/x*']);
  expect(['', '{}', '{"Version":"2018-11-08","Statements":[{},{}]}', '{"Version":"2018-11-08","DestinationReferences":1,"Statements":[]}'].map(formOf)).toEqual(Array(4).fill(undefined));
});
