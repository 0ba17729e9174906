import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, buildFolder, PEERS } from '../build.ts';
import { EXAMPLES, folderOf } from '../examples.ts';
import { type Language, languageRows } from '../language.ts';
import type { Peer } from '../row.ts';

const FOLDER = join(PEERS, 'java');
const BUILD = buildFolder('java');
const CLASSES = `${join(BUILD, 'classes')}:${join(BUILD, 'libraries')}/*`;
// Where no locale is set, Java reads and writes ASCII.
const main = (name: string) => ['env', 'LC_ALL=C.UTF-8', 'java', '-XX:TieredStopAtLevel=1', '-cp', CLASSES, name];

const language: Language = {
  client: (address, example, ...cases) => [...main('Client'), address, example, ...cases],
  server: (...mode) => [...main('Server'), ...mode],
  countsPings: true,
  stopped: /^Sam: Hi ! Error: (UNAVAILABLE|CANCELLED): .*, exit 1$/,
};

export const java: Peer = {
  name: 'java',
  title: () => `Java: grpc-java ${readFileSync(join(FOLDER, 'pom.xml'), 'utf8').match(/<grpc.version>(.*)</)?.[1]}`,
  needs: [
    ['Java', 'java', '-version'],
    ['Maven', 'mvn', '--version'],
  ],
  async prepare() {
    const contracts = join(BUILD, 'contracts');
    mkdirSync(contracts, { recursive: true });
    for (const folder of EXAMPLES.map((example) => join(folderOf(example), 'proto'))) {
      for (const name of readdirSync(folder).filter((name) => name.endsWith('.proto')))
        copyFileSync(join(folder, name), join(contracts, name));
    }
    await build(['mvn', '--quiet', '--batch-mode', `-Dbuild.folder=${BUILD}`, 'package'], { cwd: FOLDER });
  },
  rows: languageRows(language),
};
