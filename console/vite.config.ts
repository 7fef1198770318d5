import react from '@vitejs/plugin-react';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Beside each file its compressed form, which is what the yard has in it. */
function compressed(): Plugin {
  const compress = (dir: string) => {
    for (const name of readdirSync(dir)) {
      const path = join(dir, name);
      if (statSync(path).isDirectory()) compress(path);
      else if (!name.endsWith('.gz')) writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  };
  return { name: 'compressed', apply: 'build', closeBundle: () => compress(outDir) };
}

/** Cloudscape's style sheet brings Open Sans along, 140 KB of it; the system's fonts do. */
function withoutFonts(): Plugin {
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
function withoutOtherLayouts(): Plugin {
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

/** Where the files go; the yard's build takes those in `dist`. */
const outDir = process.env.CONSOLE_DIST ?? 'dist';

const yard = process.env.CODEYARD_URL ?? 'http://127.0.0.1:4566';

export default defineConfig({
  base: '/console/',
  plugins: [react(), withoutFonts(), withoutOtherLayouts(), compressed()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // light-dark() as it is: what stands in for it knows the system's choice only, not the class of dark pages.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The pages' policy has no place for data URLs but of images.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
  server: {
    // `npm run dev` shows the pages as they are edited, with a yard behind them.
    proxy: { '^/(?!console/)': { target: yard, changeOrigin: true } },
  },
  test: { include: ['test/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0]);
