import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '@grpc-by-example/testing';
import { build, buildFolder, PEERS } from '../build.ts';
import { CONTRACTS } from '../contracts.ts';
import { EXAMPLES, folderOf, ourServer } from '../examples.ts';
import { type Language, languageRows } from '../language.ts';
import { type Peer, type Row, tried } from '../row.ts';
import { walkthroughRows } from '../walkthrough.ts';

const FOLDER = join(PEERS, 'python');
const REQUIREMENTS = join(FOLDER, 'requirements.txt');
const VENV = join(buildFolder('python'), 'venv');
const GENERATED = join(buildFolder('python'), 'generated');
const PYTHON = join(VENV, 'bin/python3');

const language: Language = {
  client: (address, example, ...cases) => [PYTHON, join(FOLDER, 'client.py'), address, example, ...cases],
  server: (...mode) => [PYTHON, join(FOLDER, 'server.py'), ...mode],
  worker: (address) => [PYTHON, join(FOLDER, 'walkthrough/job_worker.py'), address],
  env: { PYTHONPATH: GENERATED, PYTHONDONTWRITEBYTECODE: '1' },
  countsPings: true,
  stopped: /^Sam: Hi ! Error: (UNAVAILABLE|CANCELLED): .*, exit 1$/,
};

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
  needs: [['Python 3 with venv', 'python3', '-c', 'import ensurepip, venv']],
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
  rows: [...languageRows(language), ...reflection, ...walkthroughRows('Python', join(VENV, 'bin'), /pip install/)],
};
