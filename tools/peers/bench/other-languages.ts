import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { OTHER_LANGUAGES, type OtherLanguage, type StackName } from './stack.ts';

type CommandLine = readonly [file: string, ...args: string[]];

/** How the sides of a stack are run. */
export interface Sides {
  readonly run: readonly string[];
  readonly cwd?: string;
  /** How many times the messages of a job it is given, if not once, so that it runs about as long as Node. */
  readonly pace?: number;
  /** How many times the messages of its job go first, where that is more than for Node: until the code is compiled. */
  readonly warmUp?: number;
}

/** A peer in another language: a folder of this one's that has its name, with a program that answers like side.ts. */
interface Peer extends Sides {
  /** What its toolchain's programs are called with to say their versions; the last one is printed. */
  readonly versions: readonly CommandLine[];
  /** Each runs in its folder, and writes to `dist` there. A second time there is little to do. */
  readonly build: readonly CommandLine[];
}

const peers: Record<OtherLanguage, Peer> = {
  'grpc-go': {
    versions: [['go', 'version']],
    build: [['go', 'build', '-o', 'dist/side', '.']],
    run: ['dist/side'],
    pace: 10,
  },
  tonic: {
    versions: [['cargo', '--version']],
    build: [['cargo', 'build', '--quiet', '--release', '--locked', '--target-dir', 'dist']],
    run: ['dist/release/side'],
    pace: 10,
  },
  'grpc-java': {
    versions: [
      ['mvn', '--version'],
      ['java', '--version'],
    ],
    build: [['mvn', '--quiet', '--batch-mode', 'compile']],
    run: ['java', '-cp', 'dist/classes:dist/lib/*', 'bench.Side'],
    pace: 4,
    // The JVM goes on compiling for hundreds of thousands of messages.
    warmUp: 3,
  },
  grpcio: {
    versions: [['python3', '--version']],
    build: [
      ['python3', '-m', 'venv', 'dist'],
      ['dist/bin/python', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', 'requirements.txt'],
    ],
    // -B: no compiled files beside the sources.
    run: ['dist/bin/python', '-B', 'side.py'],
  },
};

export function isOtherLanguage(stack: StackName): stack is OtherLanguage {
  return OTHER_LANGUAGES.some((known) => known === stack);
}

export function sidesOf(stack: OtherLanguage): Sides {
  return { ...peers[stack], cwd: folderOf(stack) };
}

/**
 * Builds a peer, the first time with what it needs from its language's registry.
 *
 * @returns the version of its language, or why it cannot be built here
 */
export function build(stack: OtherLanguage): { version: string } | { why: string } {
  const { versions, build } = peers[stack];
  let version = '';
  for (const [file, ...args] of versions) {
    const { status, stdout } = spawnSync(file, args, { encoding: 'utf8' });
    if (status !== 0) return { why: `${stack} needs ${file}, which is not here` };
    version = stdout.split('\n')[0] ?? '';
  }
  for (const [file, ...args] of build) {
    const { status, stdout, stderr, error } = spawnSync(file, args, { cwd: folderOf(stack), encoding: 'utf8' });
    const reason = error?.message ?? firstError(stderr + stdout);
    if (status !== 0) return { why: `${stack} does not build: ${reason}` };
  }
  return { version };
}

const folderOf = (stack: OtherLanguage) => join(dirname(process.argv[1] ?? ''), '../../bench', stack);

function firstError(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'it does not say why';
}
