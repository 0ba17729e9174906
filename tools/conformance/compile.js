// Compiles the programs that the suites start, so that each of their many starts is quick.
import { build } from 'esbuild';

await build({
  entryPoints: ['src/suite/server.ts', 'src/suite/client.ts', 'src/interop/server.ts', 'src/interop/client.ts'],
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'error',
  banner: {
    js: "import { createRequire as _createRequire } from 'node:module';\nconst require = _createRequire(import.meta.url);",
  },
});
