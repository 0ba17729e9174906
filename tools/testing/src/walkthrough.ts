import { Program, run } from './program.ts';
import { readmeBlocks, staleBlocks } from './readme.ts';
import { stopLater } from './stop-later.ts';

/**
 * A walkthrough under test: runs the real `start` scripts, and compares the blocks of the page with what is put into
 * `real` under their names.
 */
export class Walkthrough {
  readonly real: Record<string, string> = {};
  readonly #page: string;
  readonly #root: string;

  /**
   * @param page the README
   * @param root the folder of the workspace, where its reader types
   */
  constructor(page: string, root: string) {
    this.#page = page;
    this.#root = root;
  }

  /** Starts a `start` script; it is stopped after the tests. */
  start(program: string, ...args: string[]): Program {
    const started = new Program(startCommand(program, args), { cwd: this.#root });
    stopLater(() => started[Symbol.asyncDispose]());
    return started;
  }

  /** Runs a `start` script to its end, with this text on its standard input. */
  run(program: string, args: readonly string[], input = '') {
    return run(startCommand(program, args), { cwd: this.#root, input });
  }

  /**
   * Starts a server on a free port.
   *
   * @returns it, the arguments for its client, and what it has printed as if it had the port of the document
   */
  async startServer(program: string, port: number, ...args: string[]) {
    const server = this.start(program, '--port', '0', ...args);
    const [, address = ''] = await server.prints(/ listens on (\S+)\..*\n/);
    const ready = server.stdout.replace(` --address ${address}`, '').replace(address, `localhost:${port}`);
    return { server, at: ['--address', address], ready };
  }

  /** What a client prints, in one line, when no server is at the port. */
  async withoutServer(program: string, port: number): Promise<string> {
    const { stderr } = await this.run(program, ['--address', '127.0.0.1:1']);
    return asAtPort(port, firstLine(stderr));
  }

  /** The text of a block of the page. */
  block(source: string): string {
    return readmeBlocks(this.#page).find((block) => block.source === source)?.text ?? '';
  }

  /**
   * The blocks that are not what the programs print. Blocks of commands are taken as they are, for the tests run them,
   * and so are those that the interop lane compares.
   *
   * @param elsewhere names of blocks that other tests compare
   */
  stale(...elsewhere: string[]): string[] {
    for (const { kind, source, text } of readmeBlocks(this.#page)) {
      if (kind === 'commands' || kind === 'interop' || elsewhere.includes(source)) this.real[source] = text;
    }
    return staleBlocks(this.#page, this.real);
  }
}

/** What a client printed without a server at 127.0.0.1:1, as if it had looked at the port of the document. */
export const asAtPort = (port: number, line: string): string =>
  line.replace('127.0.0.1:1', `localhost:${port}`).replace(' --port 1', '');

/** What is printed when something fails, as a block shows it: the words for what has failed, and under them the line. */
export function failures(lines: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(lines)
    .map(([what, line = '']) => `${what}\n  ${firstLine(line)}\n`)
    .join('');
}

/** The first line of a text, such as the error of a program above the lines that pnpm adds. */
export const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

const startCommand = (program: string, args: readonly string[]) => [
  ...['pnpm', '--silent', '--filter', program, 'start'],
  ...args,
];
