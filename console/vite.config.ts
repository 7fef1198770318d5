import react from '@vitejs/plugin-react';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { grouped, preloaded } from './vite/chunks.ts';
import { leanTheme, withoutFonts, withoutOtherLayouts } from './vite/cloudscape.ts';

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

/** Where the files go; the yard's build takes those in `dist`. */
const outDir = process.env.CONSOLE_DIST ?? 'dist';

const yard = process.env.CODEYARD_URL ?? 'http://127.0.0.1:4566';

export default defineConfig({
  base: '/console/',
  plugins: [react(), withoutFonts(), withoutOtherLayouts(), leanTheme(), preloaded(), compressed()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // light-dark() as it is: what stands in for it knows the system's choice only, not the class of dark pages.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The pages' policy has no place for data URLs but of images.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { output: { codeSplitting: { groups: [grouped()] } } },
  },
  server: {
    // `npm run dev` shows the pages as they are edited, with a yard behind them.
    proxy: { '^/(?!console/)': { target: yard, changeOrigin: true } },
  },
  test: { include: ['test/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0]);
