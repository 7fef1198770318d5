import { Marked } from 'marked';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tokensOf } from '../src/components/markdownTokens';

const bare = (tokens: unknown) => JSON.parse(JSON.stringify(tokens)) as unknown;

test('texts are read as ever', () => {
  for (const file of ['../README.md', '../ARCHITECTURE.md', '../docs/guide/console.md']) {
    const text = readFileSync(file, 'utf8');
    expect(bare(tokensOf(text)), file).toEqual(bare(new Marked({ gfm: true }).lexer(text)));
  }
  expect(tokensOf('one _two_\r\n\r\n[three]\r\n\r\n[three]: http://a')).toEqual(new Marked({ gfm: true }).lexer('one _two_\r\n\r\n[three]\r\n\r\n[three]: http://a'));
});

test('no text takes long', () => {
  for (const piece of ['_a', '**a', 'a*b', '[a](', '![', '> ', '1. ', '- ', '\n- ', '``` ']) {
    const begun = performance.now();
    tokensOf(piece.repeat(60_000 / piece.length));
    expect(performance.now() - begun, piece).toBeLessThan(8_000);
  }
  const paragraphs = `${'_a'.repeat(2_000)}\n\n`.repeat(80);
  const begun = performance.now();
  expect(tokensOf(paragraphs)).toHaveLength(160);
  expect(performance.now() - begun).toBeLessThan(8_000);
});
