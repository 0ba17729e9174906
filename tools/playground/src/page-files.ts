import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SVG_STYLE } from 'stream-trace';

const PAGE = join(import.meta.dirname, '../page');

/** By path. */
export type PageFiles = ReadonlyMap<string, { readonly type: string; readonly body: string | Uint8Array }>;

/** The page, its script compiled: it draws with the same code as everything else here. */
export async function pageFiles(examples: readonly string[]): Promise<PageFiles> {
  // Not an import: it finds its own program by the place of its file, and this one may be compiled into another.
  const { build, transform } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(PAGE, 'main.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  const style = readFileSync(join(PAGE, 'style.css'), 'utf8') + SVG_STYLE;
  const { code } = await transform(style, { loader: 'css', minify: true });
  const options = examples.map((name) => `<option>${name}</option>`).join('');
  const html = readFileSync(join(PAGE, 'index.html'), 'utf8').replace('<!-- examples -->', options);
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: html }],
    ['/style.css', { type: 'text/css; charset=utf-8', body: code }],
    ['/main.js', { type: 'text/javascript; charset=utf-8', body: outputFiles[0]?.contents ?? '' }],
  ]);
}
