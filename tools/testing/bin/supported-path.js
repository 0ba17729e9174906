// Says in one line what Vite and esbuild, by which the tests run, would say in stack traces: to them a `#` or a `?` ends a
// path, `%20` is a space, and `*` is any name. The programs run in such a folder.
import { resolve } from 'node:path';

const clone = resolve(import.meta.dirname, '../../..');
const [odd] = /[#?%*]/.exec(clone) ?? [];
if (odd) {
  console.error(`Error: the tests do not run where a path has a ${odd}, as in ${clone}; move this clone elsewhere`);
  process.exit(1);
}
