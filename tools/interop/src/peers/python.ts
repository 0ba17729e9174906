import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readmeBlocks, run, temporaryFolder } from 'testing';
import { build, buildFolder, PEERS } from '../build.ts';
import { CONTRACTS } from '../contracts.ts';
import { EXAMPLES, folderOf, ourServer, ROOT, startOurServer } from '../examples.ts';
import { type Language, languageRows } from '../language.ts';
import { type Peer, type Row, tried } from '../row.ts';

const FOLDER = join(PEERS, 'python');
const REQUIREMENTS = join(FOLDER, 'requirements.txt');
const VENV = join(buildFolder('python'), 'venv');
const GENERATED = join(buildFolder('python'), 'generated');
const PYTHON = join(VENV, 'bin/python3');

const language: Language = {
  client: (address, example, ...cases) => [PYTHON, join(FOLDER, 'client.py'), address, example, ...cases],
  server: (...mode) => [PYTHON, join(FOLDER, 'server.py'), ...mode],
  worker: (address) => [PYTHON, join(FOLDER, 'job_worker.py'), address],
  env: { PYTHONPATH: GENERATED, PYTHONDONTWRITEBYTECODE: '1' },
  stopped: /^Sam: Hi ! Error: (UNAVAILABLE|CANCELLED): .*, exit 1$/,
};

/** The commands of each walkthrough's "Call it from another language", and what it says that they print. */
const walkthroughs: Row[] = EXAMPLES.flatMap((example) => {
  const blocks = readmeBlocks(join(folderOf(example), 'README.md'));
  const text = (kind: string) => blocks.find((block) => block.kind === kind && block.source === 'Python')?.text.trim();
  const commands = text('commands');
  if (commands === undefined) return [];
  return tried(example, 'its client, our server', 'the commands of the walkthrough', text('output') ?? '', async () => {
    const address = example === 'job' ? (await startOurServer('job')).address : await ourServer(example);
    const folder = temporaryFolder();
    for (const name of ['examples', 'tools']) symlinkSync(join(ROOT, name), join(folder, name));
    // What the first line installs is pinned here.
    const [, ...typed] = commands.split('\n');
    const { stdout, stderr } = await run(['bash', '-ec', `${typed.join('\n')} ${address}`], {
      cwd: folder,
      env: { PATH: `${join(VENV, 'bin')}:${process.env.PATH}`, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
    });
    return `${stdout}${stderr}`.trim();
  });
});

/** The client of grpcio-reflection, which knows no contract: it finds each method with its types. */
const reflection: Row[] = EXAMPLES.map((example) => {
  const methods = Object.entries(CONTRACTS[example]).flatMap(([service, lines]) =>
    lines.map((line) => {
      const [, name, request, response] = line.match(/^rpc (\w+) \(.* \.(\S+) \) returns \(.* \.(\S+) \);$/) ?? [];
      return `${service}.${name} ${request} ${response}`;
    }),
  );
  return tried(example, 'its client, our server', 'reflection', methods.sort().join('\n'), async () => {
    const { stdout, stderr } = await run([PYTHON, join(FOLDER, 'reflect.py'), await ourServer(example)]);
    const found = stdout.split('\n').filter((line) => !/^(grpc\.(health|reflection)\.|$)/.test(line));
    return `${found.sort().join('\n')}${stderr}`;
  });
});

export const python: Peer = {
  name: 'python',
  title: () => `Python: grpcio ${readFileSync(REQUIREMENTS, 'utf8').match(/^grpcio==(.*)$/m)?.[1]}`,
  needs: [['Python 3', 'python3', '-m', 'venv', '--help']],
  async prepare() {
    await build(['python3', '-m', 'venv', VENV]);
    await build([PYTHON, '-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS]);
    const folders = EXAMPLES.map((example) => join(folderOf(example), 'proto'));
    const protos = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.proto')));
    await build(['mkdir', '-p', GENERATED]);
    await build([
      ...[PYTHON, '-m', 'grpc_tools.protoc', `--python_out=${GENERATED}`, `--grpc_python_out=${GENERATED}`],
      ...folders.map((folder) => `-I${folder}`),
      ...protos,
    ]);
  },
  rows: [...languageRows(language), ...reflection, ...walkthroughs],
};
