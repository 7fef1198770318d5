// What the characters of code mean, by highlight.js: it and each language are loaded when a file
// needs them. It says so in HTML, of which nothing but the places is taken.

import './code.css';
import type { HLJSApi } from 'highlight.js';
import type { Highlight, Span } from '../diff';
import { languageOf, needed } from './languages';

/** More than this, in characters, takes too long to read while somebody waits. */
const LARGEST = 512_000;
/** A line as long as this was written by a program, for programs. */
const LONGEST = 20_000;

let core: Promise<HLJSApi> | undefined;
const languages = new Map<string, Promise<void>>();

async function ready(language: string): Promise<HLJSApi> {
  core ??= import('highlight.js/lib/core').then((module) => module.default);
  const hljs = await core;
  const loading = needed(language).map(([name, load]) => {
    const known = languages.get(name) ?? load().then((module) => hljs.registerLanguage(name, module.default));
    languages.set(name, known);
    return known;
  });
  await Promise.all(loading);
  return hljs;
}

export const highlight: Highlight = async (path, lines) => {
  const language = languageOf(path);
  const size = lines.reduce((sum, line) => sum + line.length + 1, 0);
  if (!language || size > LARGEST || lines.some((line) => line.length > LONGEST)) return undefined;
  const hljs = await ready(language);
  return spansOf(hljs.highlight(lines.join('\n'), { language, ignoreIllegals: true }).value);
};

const PART = /<span class="([^"]*)">|<\/span>|&(amp|lt|gt|quot|#x27);|[^<&]+/g;

/** Per line, where each meaning is: the innermost counts. Of what highlight.js writes. */
export function spansOf(html: string): Span[][] {
  const lines: Span[][] = [[]];
  const open: string[] = [];
  let at = 0;
  const add = (length: number) => {
    const className = open.at(-1);
    const line = lines[lines.length - 1];
    const last = line.at(-1);
    if (!className) at += length;
    else if (last && last.to === at && last.className === className) last.to = at += length;
    else if (length > 0) line.push({ from: at, to: (at += length), className });
  };
  for (const [part, className, entity] of html.matchAll(PART)) {
    if (className !== undefined) open.push(className);
    else if (part === '</span>') open.pop();
    else if (entity) add(1);
    else {
      part.split('\n').forEach((piece, index) => {
        if (index > 0) {
          lines.push([]);
          at = 0;
        }
        add(piece.length);
      });
    }
  }
  return lines;
}
