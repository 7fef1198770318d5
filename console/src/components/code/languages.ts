// Which language a file is in, by its name, and how that language is loaded.

import type { LanguageFn } from 'highlight.js';

type Load = () => Promise<{ default: LanguageFn }>;

const LOADS: Record<string, Load> = {
  asciidoc: () => import('highlight.js/lib/languages/asciidoc'),
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  clojure: () => import('highlight.js/lib/languages/clojure'),
  cmake: () => import('highlight.js/lib/languages/cmake'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  dart: () => import('highlight.js/lib/languages/dart'),
  diff: () => import('highlight.js/lib/languages/diff'),
  dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
  dos: () => import('highlight.js/lib/languages/dos'),
  elixir: () => import('highlight.js/lib/languages/elixir'),
  erlang: () => import('highlight.js/lib/languages/erlang'),
  fsharp: () => import('highlight.js/lib/languages/fsharp'),
  go: () => import('highlight.js/lib/languages/go'),
  gradle: () => import('highlight.js/lib/languages/gradle'),
  graphql: () => import('highlight.js/lib/languages/graphql'),
  groovy: () => import('highlight.js/lib/languages/groovy'),
  haskell: () => import('highlight.js/lib/languages/haskell'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  julia: () => import('highlight.js/lib/languages/julia'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  latex: () => import('highlight.js/lib/languages/latex'),
  less: () => import('highlight.js/lib/languages/less'),
  lisp: () => import('highlight.js/lib/languages/lisp'),
  lua: () => import('highlight.js/lib/languages/lua'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  nginx: () => import('highlight.js/lib/languages/nginx'),
  nix: () => import('highlight.js/lib/languages/nix'),
  objectivec: () => import('highlight.js/lib/languages/objectivec'),
  ocaml: () => import('highlight.js/lib/languages/ocaml'),
  perl: () => import('highlight.js/lib/languages/perl'),
  php: () => import('highlight.js/lib/languages/php'),
  powershell: () => import('highlight.js/lib/languages/powershell'),
  properties: () => import('highlight.js/lib/languages/properties'),
  protobuf: () => import('highlight.js/lib/languages/protobuf'),
  python: () => import('highlight.js/lib/languages/python'),
  r: () => import('highlight.js/lib/languages/r'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  scala: () => import('highlight.js/lib/languages/scala'),
  scss: () => import('highlight.js/lib/languages/scss'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  tcl: () => import('highlight.js/lib/languages/tcl'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  vim: () => import('highlight.js/lib/languages/vim'),
  xml: () => import('highlight.js/lib/languages/xml'),
  x86asm: () => import('highlight.js/lib/languages/x86asm'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
  zephir: () => import('highlight.js/lib/languages/zephir'),
};

/** Languages that another has within it: a page has scripts and styles. */
const WITHIN: Record<string, string[]> = {
  xml: ['javascript', 'css'],
  markdown: ['xml'],
  php: ['xml'],
};

const ENDINGS: Record<string, string> = {
  adoc: 'asciidoc', asm: 'x86asm', bat: 'dos', bash: 'bash', c: 'c', cc: 'cpp', cjs: 'javascript', cl: 'lisp', clj: 'clojure',
  cljs: 'clojure', cmake: 'cmake', cmd: 'dos', conf: 'ini', cpp: 'cpp', cs: 'csharp', csproj: 'xml', css: 'css', cxx: 'cpp',
  dart: 'dart', diff: 'diff', dockerfile: 'dockerfile', edn: 'clojure', el: 'lisp', erl: 'erlang', ex: 'elixir',
  exs: 'elixir', fs: 'fsharp', fsx: 'fsharp', go: 'go', gql: 'graphql', gradle: 'gradle', graphql: 'graphql', groovy: 'groovy',
  h: 'c', hh: 'cpp', hpp: 'cpp', hrl: 'erlang', hs: 'haskell', htm: 'xml', html: 'xml', ini: 'ini', java: 'java',
  jl: 'julia', js: 'javascript', json: 'json', json5: 'json', jsonc: 'json', jsx: 'javascript', ksh: 'bash', kt: 'kotlin',
  kts: 'kotlin', less: 'less', lisp: 'lisp', lua: 'lua', m: 'objectivec', md: 'markdown', markdown: 'markdown', mjs: 'javascript',
  mk: 'makefile', ml: 'ocaml', mli: 'ocaml', mm: 'objectivec', mts: 'typescript', nix: 'nix', patch: 'diff', php: 'php',
  pl: 'perl', plist: 'xml', pm: 'perl', properties: 'properties', proto: 'protobuf', ps1: 'powershell', psm1: 'powershell',
  py: 'python', pyi: 'python', r: 'r', rb: 'ruby', rs: 'rust', s: 'x86asm', sbt: 'scala', scala: 'scala', scss: 'scss',
  sh: 'bash', sql: 'sql', svg: 'xml', swift: 'swift', tcl: 'tcl', tex: 'latex', tf: 'ini', tfvars: 'ini', toml: 'ini',
  ts: 'typescript', tsx: 'typescript', cts: 'typescript', vim: 'vim', vue: 'xml', webmanifest: 'json', xhtml: 'xml', xml: 'xml',
  xsd: 'xml', xsl: 'xml', yaml: 'yaml', yml: 'yaml', zep: 'zephir', zsh: 'bash',
};

const NAMES: Record<string, string> = {
  '.bashrc': 'bash', '.bash_profile': 'bash', '.profile': 'bash', '.zshrc': 'bash', '.editorconfig': 'ini', '.gitconfig': 'ini',
  '.gitmodules': 'ini', '.npmrc': 'ini', '.babelrc': 'json', '.eslintrc': 'json', '.prettierrc': 'json', 'cargo.lock': 'ini',
  'cmakelists.txt': 'cmake', containerfile: 'dockerfile', dockerfile: 'dockerfile', gemfile: 'ruby', 'gnumakefile': 'makefile',
  jenkinsfile: 'groovy', makefile: 'makefile', 'nginx.conf': 'nginx', 'poetry.lock': 'ini', rakefile: 'ruby', vagrantfile: 'ruby',
};

/** The language of a file, if it is known. */
export function languageOf(path: string): string | undefined {
  const name = (path.split('/').pop() ?? '').toLowerCase();
  // An ending that an object has by itself is none of ours.
  const known = (table: Record<string, string>, key: string) => (Object.hasOwn(table, key) ? table[key] : undefined);
  if (known(NAMES, name)) return NAMES[name];
  if (/^(dockerfile|containerfile)\./.test(name)) return 'dockerfile';
  const dot = name.lastIndexOf('.');
  return dot < 0 ? undefined : known(ENDINGS, name.slice(dot + 1));
}

/** What is needed to read a language: itself and those within it. */
export const needed = (language: string): [string, Load][] =>
  [language, ...(WITHIN[language] ?? [])].flatMap((name) => (LOADS[name] ? [[name, LOADS[name]] as [string, Load]] : []));
