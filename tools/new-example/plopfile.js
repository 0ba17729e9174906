import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = process.env.NEW_EXAMPLE_IN ?? join(import.meta.dirname, '../..');

/** `pnpm new my-example`: a server and a client that run, with their proto package, walkthrough and tests. */
// biome-ignore lint/style/noDefaultExport: plop looks for it
export default function plopfile(plop) {
  plop.setGenerator('example', {
    description: 'a server and a client that exchange notes, for you to build on',
    prompts: [{ type: 'input', name: 'name', message: 'Its name, such as my-example:', validate: nameError }],
    actions: (answers) => {
      // An answer on the command line passes the prompt by.
      const error = nameError(answers.name);
      if (error !== true) throw error;
      return [
        {
          type: 'addMany',
          destination: join(repository, 'examples/{{name}}'),
          base: join(import.meta.dirname, 'template'),
          templateFiles: join(import.meta.dirname, 'template/**'),
          globOptions: { dot: true },
        },
        () =>
          `Next:\n  pnpm install\n  pnpm --filter ${answers.name}-server start\n  pnpm --filter ${answers.name}-client start\n` +
          `Edit examples/${answers.name}/proto/notes.proto, and generate its code with: pnpm generate (once before: pnpm protoc)`,
      ];
    },
  });
}

/** True for a name that an example can have, else why not. */
function nameError(name) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    return `"${name}" is not a name of lower-case letters, digits and hyphens.`;
  if (existsSync(join(repository, 'examples', name))) return `There is an example "${name}" already.`;
  const wanted = [name, ...['proto', 'server', 'client'].map((side) => `${name}-${side}`)];
  const taken = packageNames().find((known) => wanted.includes(known));
  return taken === undefined || `"${name}" will not do: there is a package "${taken}" already.`;
}

function packageNames() {
  const folders = (path) =>
    readdirSync(join(repository, path), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? join(path, entry.name) : [],
    );
  const all = [
    'docs',
    ...folders('packages'),
    ...folders('tools'),
    ...folders('examples').flatMap((example) => [example, ...folders(example)]),
  ];
  return all.flatMap((folder) => {
    const path = join(repository, folder, 'package.json');
    // Without its scope: so pnpm's --filter takes it.
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).name.replace(/^@.*\//, '') : [];
  });
}
