// Markdown that others wrote, read in bounded time: emphasis takes the square of a paragraph's
// length and more, and the folder's page reads whatever was pushed as README.md.

import { Lexer, type Token } from 'marked';

/** Longer texts are shown as they are. */
const LONGEST = 500_000;
/** Longer paragraphs have their text alone. */
const LONGEST_PARAGRAPH = 5_000;
/** Milliseconds in which emphasis, links and the like are sought. */
const PATIENCE = 1_000;
/** More quotes and lists in each other on one line than anybody writes. */
const NESTED = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])[ \t]+)){60}/m;

/** The tokens of a text; nothing where it is to be shown as it is. */
export function tokensOf(text: string): Token[] | undefined {
  if (text.length > LONGEST || NESTED.test(text)) return undefined;
  try {
    const lexer = new Lexer({ gfm: true });
    lexer.blockTokens(text.replace(/\r\n?/g, '\n'), lexer.tokens);
    const end = performance.now() + PATIENCE;
    for (const { src, tokens } of lexer.inlineQueue) {
      if (src.length > LONGEST_PARAGRAPH || performance.now() > end) tokens.push({ type: 'text', raw: src, text: src, escaped: false });
      else lexer.inlineTokens(src, tokens);
    }
    return lexer.tokens;
  } catch {
    // Nested too deep.
    return undefined;
  }
}
