import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import descriptors from 'google-protobuf/google/protobuf/descriptor_pb.js';
import { contractDigest } from 'run-typescript/stale-code';

const ownRepository = join(import.meta.dirname, '../..');
const repository = process.env.NEW_EXAMPLE_IN ?? ownRepository;

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
      const { name } = answers;
      const names = { name, snake: snakeCase(name), pascal: pascalCase(name) };
      const folder = join(repository, 'examples', name);
      return [
        {
          type: 'addMany',
          verbose: false,
          data: { ...names, digest: digestFor(names) },
          destination: folder,
          base: join(import.meta.dirname, 'template'),
          templateFiles: join(import.meta.dirname, 'template/**'),
          globOptions: { dot: true },
        },
        () => {
          writeFileSync(join(folder, `proto/gen/${names.snake}.binpb`), descriptorSetOf(names));
          tidy(folder);
          return (
            `Next:\n  pnpm install\n  pnpm --filter ${name}-server start\n  pnpm --filter ${name}-client start\n` +
            `Edit examples/${name}/proto/${names.snake}.proto, and generate its code with: pnpm generate (once before: pnpm protoc)`
          );
        },
      ];
    },
  });
}

const snakeCase = (name) => name.replaceAll('-', '_');

const pascalCase = (name) => name.replaceAll(/(?:^|-)(.)/g, (_, letter) => letter.toUpperCase());

/** The digest of the contract, as `pnpm generate` writes it into the code. */
function digestFor({ snake, pascal }) {
  const template = readFileSync(join(import.meta.dirname, 'template/proto/{{snake}}.proto.hbs'), 'utf8');
  return contractDigest(template.replaceAll('{{snake}}', snake).replaceAll('{{pascal}}', pascal));
}

/** What protoc writes for the contract with `--descriptor_set_out`. */
function descriptorSetOf({ snake, pascal }) {
  const { DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet } = descriptors;
  const { MethodDescriptorProto, ServiceDescriptorProto } = descriptors;
  const text = new FieldDescriptorProto()
    .setName('text')
    .setNumber(1)
    .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
    .setType(FieldDescriptorProto.Type.TYPE_STRING)
    .setJsonName('text');
  const exchange = new MethodDescriptorProto()
    .setName('exchange')
    .setInputType(`.${snake}.Note`)
    .setOutputType(`.${snake}.Note`)
    .setClientStreaming(true)
    .setServerStreaming(true);
  const file = new FileDescriptorProto()
    .setName(`${snake}.proto`)
    .setPackage(snake)
    .setMessageTypeList([new DescriptorProto().setName('Note').setFieldList([text])])
    .setServiceList([new ServiceDescriptorProto().setName(pascal).setMethodList([exchange])])
    .setSyntax('proto3');
  return new FileDescriptorSet().setFileList([file]).serializeBinary();
}

/** Has Biome order the imports by the new names, and break lines that became too long; then shows that in the README. */
function tidy(folder) {
  if (repository === ownRepository) {
    const biome = createRequire(join(repository, 'package.json')).resolve('@biomejs/biome/bin/biome');
    spawnSync(process.execPath, [biome, 'check', '--write', folder], { cwd: repository });
  }
  const readme = join(folder, 'README.md');
  const filled = readFileSync(readme, 'utf8').replaceAll(
    /(<!-- file: (.+) -->\n```\w+\n)[\s\S]*?(?=^```$)/gm,
    (_, head, path) => `${head}${readFileSync(join(folder, path), 'utf8')}`,
  );
  writeFileSync(readme, filled);
}

/** True for a name that an example can have, else why not. */
function nameError(name) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    return `"${name}" is not a name of lower-case letters, digits and hyphens.`;
  if (existsSync(join(repository, 'examples', name))) return `There is an example "${name}" already.`;
  if (name === 'note') return `"${name}" will not do: its service would have the name of its message, Note.`;
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
