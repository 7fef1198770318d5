// In how many files the pages come. Rolldown makes one of each set of modules that the same pages share: sixty for Home, and
// a browser takes a millisecond for each even where it has it already.

import { join } from 'node:path';
import type { Plugin } from 'vite';

interface Modules {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}

/** What these modules need of others to be run, and they themselves. */
function closure(modules: Modules, roots: string[]): Set<string> {
  const found = new Set<string>();
  const add = (id: string) => {
    if (found.has(id)) return;
    found.add(id);
    modules.getModuleInfo(id)?.importedIds.forEach(add);
  };
  roots.forEach(add);
  return found;
}

const SRC = join(import.meta.dirname, '../src/');
const of = (...names: string[]) => names.map((name) => SRC + name);

/** What comes in one file each, in this order: what is in one is in none behind it. Pages of their own stay on their own. */
const FILES: [name: string, roots: string[]][] = [
  ['base', of('app/main.tsx')],
  ['start', of('app/ahead.ts', 'services/codebuild/readings.ts', 'services/codepipeline/readings.ts')],
  ['frame', of('app/Shell.tsx', 'app/Home.tsx', 'services/codebuild/HomeCard.tsx', 'app/home/FirstSteps.tsx')],
  ['table', of('services/codebuild/History.tsx', 'services/codebuild/ProjectsPage.tsx', 'components/FormModal.tsx')],
];

/** For Rolldown: the name of the file that a module comes in. */
export function grouped() {
  let names: Map<string, string> | undefined;
  const all = (modules: Modules) => {
    const map = new Map<string, string>();
    for (const [name, roots] of FILES) {
      for (const id of closure(modules, roots)) {
        if (!map.has(id) && !(name === 'table' && id.startsWith(`${SRC}services/`))) map.set(id, name);
      }
    }
    return map;
  };
  return { debugName: 'files', includeDependenciesRecursively: false, name: (id: string, modules: Modules) => (names ??= all(modules)).get(id) ?? null };
}

/** Lets the browser fetch what everybody needs next while it runs what comes before. */
export function preloaded(): Plugin {
  return {
    name: 'preloaded',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) =>
        Object.keys(bundle).flatMap((name) => {
          if (!/\/(?:start|frame)-[^/]*\.(?:js|css)$/.test(name)) return [];
          const href = `/console/${name}`;
          const how = name.endsWith('.js') ? { rel: 'modulepreload' } : { rel: 'preload', as: 'style' };
          return [{ tag: 'link', injectTo: 'head' as const, attrs: { ...how, crossorigin: true, href } }];
        }),
    },
  };
}
