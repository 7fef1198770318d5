// What is left out of Cloudscape because nobody sees it: a third of what the first page would weigh.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const THEME = join(import.meta.dirname, '../node_modules/@cloudscape-design/components/internal/base-theme/styles.scoped.css');

/** Cloudscape's style sheet brings Open Sans along, 140 KB of it; the system's fonts do. */
export function withoutFonts(): Plugin {
  return {
    name: 'without-fonts',
    enforce: 'pre',
    transform(code, id) {
      if (!/global-styles\/index\.css/.test(id)) return undefined;
      return { code: code.replace(/@font-face\s*\{[^}]*\}/g, ''), map: null };
    },
  };
}

/** Of Cloudscape's three layouts only one is ever shown outside AWS's own console; the other two are half of its code. */
export function withoutOtherLayouts(): Plugin {
  return {
    name: 'without-other-layouts',
    enforce: 'pre',
    transform(code, id) {
      if (!/components\/app-layout\/internal\.js$/.test(id)) return undefined;
      const other = /import (ClassicAppLayout|ToolbarAppLayout) from '[^']*';/g;
      if (code.match(other)?.length !== 2) this.error('Cloudscape has other layouts than before: see what is left out of them');
      return { code: code.replace(other, 'const $1 = RefreshedAppLayout;'), map: null };
    },
  };
}

/** Places with values of their own that no page has: headers of high contrast, and the tool bar of a layout that is left out. */
const NOWHERE = /\.awsui-context-(?:content-header|app-layout-toolbar)\b/;

/** Its values without those that nothing refers to, and without rules for what is nowhere. */
export function trimmed(theme: string, isUsed: (name: string) => boolean): string {
  const rules = theme.replace(/\/\*[\s\S]*?\*\//g, '').replace(/([^{}]+)\{([^{}]*)\}/g, (rule, selector: string, values: string) => {
    if (NOWHERE.test(selector)) return '';
    const kept = values.split(';').map((value) => value.trim()).filter((value) => isUsed(value.slice(0, value.indexOf(':'))));
    return kept.length > 0 ? `${selector.trim()}{${kept.join(';')}}` : '';
  });
  return rules.replace(/\s*([{}])\s*/g, '$1').replace(/@media not print\s*\{\}/g, '');
}

/** A style sheet without what stands in for values of the theme: they are always there. */
export function withoutFallbacks(css: string, isTheme: (name: string) => boolean): string {
  let out = '';
  let at = 0;
  for (const found of css.matchAll(/var\((--[\w-]+),/g)) {
    if (found.index < at || !isTheme(found[1])) continue;
    let end = found.index + found[0].length;
    for (let depth = 1; depth > 0; end++) depth += css[end] === '(' ? 1 : css[end] === ')' ? -1 : 0;
    out += `${css.slice(at, found.index)}var(${found[1]})`;
    at = end;
  }
  return out + css.slice(at);
}

/** Cloudscape's colours and sizes, those that are used of them. They become a style sheet of their own, so that its name tells which. */
export function leanTheme(): Plugin {
  const theme = readFileSync(THEME, 'utf8');
  const values = new Map([...theme.matchAll(/(--[\w-]+)\s*:([^;]*);/g)].map(([, name]) => [name, new Set<string>()]));
  for (const [, name, value] of theme.matchAll(/(--[\w-]+)\s*:([^;]*);/g)) for (const [other] of value.matchAll(/--[\w-]+/g)) values.get(name)?.add(other);
  const used = new Set<string>();
  const use = (name: string) => {
    if (!values.has(name) || used.has(name)) return;
    used.add(name);
    values.get(name)?.forEach(use);
  };
  const useAll = (code: string) => [...code.matchAll(/--[a-z][\w-]*/g)].forEach(([name]) => use(name));
  let file = '';
  return {
    name: 'lean-theme',
    enforce: 'pre',
    apply: 'build',
    transform(code, id) {
      const [path] = id.split('?');
      if (path === THEME) return { code: '', map: null };
      if (!path.endsWith('.css')) return undefined;
      useAll(code);
      return { code: withoutFallbacks(code, (name) => values.has(name)), map: null };
    },
    generateBundle(_, bundle) {
      // Of scripts only what is left of them: one of Cloudscape's modules names each value.
      for (const file of Object.values(bundle)) if (file.type === 'chunk') useAll(file.code);
      if (used.size === 0) this.error('Cloudscape keeps its theme otherwise than before: see what is left out of it');
      file = this.getFileName(this.emitFile({ type: 'asset', name: 'theme.css', source: trimmed(theme, (name) => used.has(name)) }));
    },
    transformIndexHtml: { order: 'post', handler: () => [{ tag: 'link', injectTo: 'head', attrs: { rel: 'stylesheet', href: `/console/${file}` } }] },
  };
}
