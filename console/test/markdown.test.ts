import { renderToStaticMarkup } from 'react-dom/server';
import { createElement } from 'react';
import { expect, test } from 'vitest';
import { Markdown } from '../src/components/Markdown';
import { anchorOf, decoded, htmlParts, outsideLink } from '../src/components/markdown';

const html = (text: string, how: object = {}) => renderToStaticMarkup(createElement(Markdown, { text, ...how }));

test('what people write is shown as they mean it', () => {
  expect(html('# A *b*\n\nc `d` **e** ~~f~~')).toContain('<h2 data-heading="a-b" tabindex="-1">A <em>b</em></h2><p>c <code>d</code> <strong>e</strong> <del>f</del></p>');
  expect(html('- [x] done\n- [ ] open')).toMatch(/<input type="checkbox"[^>]*aria-label="Done"[^>]*>.*aria-label="Not done"/);
  expect(html('| a | b |\n|---|--:|\n| 1 | 2 |')).toContain('<td class="markdown-right">2</td>');
  expect(html('```sh\nls <x> &amp;\n```')).toContain('<code>ls &lt;x&gt; &amp;amp;</code>');
  expect(html('a &copy; b &amp; c')).toContain('a © b &amp; c');
  expect(html('[x](#part-one) [y](https://a.example/)')).toContain('href="https://a.example/" target="_blank" rel="noreferrer noopener"');
  expect(html('[x](docs/a.md)', { link: (href: string) => `#/browse/${href}` })).toContain('<a href="#/browse/docs/a.md">x</a>');
});

test('nothing that others write runs', () => {
  for (const evil of [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'a <b onclick="alert(1)">b</b>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](data:text/html,<script>1</script>)',
    '![x](javascript:alert(1))',
    '<a href="javascript:alert(1)">x</a>',
    '<iframe src="https://a.example"></iframe>',
    '<scr<script>ipt>alert(1)</script>',
    '[x]( javascript:alert(1))',
  ]) {
    const shown = html(evil, { link: (href: string) => href });
    expect(shown, evil).not.toMatch(/<(script|iframe|img)|on\w+=|href="(?!https?:|#)/i);
  }
  expect(outsideLink(' https://a.example ')).toBe('https://a.example');
  expect(outsideLink('javascript:1')).toBeUndefined();
  expect(outsideLink('//a.example')).toBeUndefined();
});

test('HTML is its text, breaks and images', () => {
  expect(htmlParts('<p align="center">a<br/>b &lt;<img src=\'x.png\' alt="an x"><!-- no --></p>')).toEqual([
    { type: 'text', text: 'a' },
    { type: 'break' },
    { type: 'text', text: 'b <' },
    { type: 'image', src: 'x.png', alt: 'an x' },
  ]);
  expect(decoded('&#65;&#x42;&nope;&#xd800;')).toBe('AB&nope;\ufffd');
  expect(anchorOf('What’s new, in 2?')).toBe('whats-new-in-2');
});

test('a text nested too deep is shown as it is', () => {
  for (const levels of [100, 20_000]) expect(html('>'.repeat(levels) + 'x')).toMatch(/^<pre class="markdown-plain">/);
});
