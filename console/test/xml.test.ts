import { expect, test } from 'vitest';
import { childrenOf, parseXml, textAt, xml } from '../src/api/xml';

test('reads what AWS answers', () => {
  const root = parseXml(
    '<?xml version="1.0"?>\n<!-- <no> --><ns:R xmlns:ns="http://a/b>c" a=\'>\'><Empty/><A>1 &lt; 2 &amp;&amp; &#x41;&#66; &unknown;</A>' +
      '<L><M>x</M><M><![CDATA[<y> &amp;]]></M></L></ns:R>',
  );
  expect(root.name).toBe('R');
  expect(textAt(root, 'A')).toBe('1 < 2 && AB &unknown;');
  expect(textAt(root, 'Empty')).toBe('');
  expect(textAt(root, 'L', 'None')).toBeUndefined();
  expect(childrenOf(root.children[2], 'M').map(({ text }) => text)).toEqual(['x', '<y> &amp;']);
});

test('what is no document is refused', () => {
  for (const source of ['', 'text', '<a>', '<a></b>', '</a>', '{"a":1}']) expect(() => parseXml(source), source).toThrow();
});

test('writes what it reads', () => {
  const text = '<&>"\'\r\n é';
  const source = xml('R', { A: text, B: [1, true], C: undefined, D: [{ E: 'x' }, { E: 'y' }] });
  const root = parseXml(source);
  expect(textAt(root, 'A')).toBe(text);
  expect(root.children.map(({ name }) => name)).toEqual(['A', 'B', 'B', 'D', 'D']);
  expect(xml('N', undefined)).toBe('');
});
