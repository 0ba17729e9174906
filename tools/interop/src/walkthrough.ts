import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fillBlocks, inBash, readmeBlocks, run, temporaryFolder } from '@grpc-by-example/testing';
import { EXAMPLES, folderOf, ROOT, startOurServer } from './examples.ts';
import { type Row, tried } from './row.ts';

/** What differs from run to run. */
const inGeneral = (text: string) =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/({[^}]*}\n)\1+/g, '$1') // how many messages come
    .trim();

/**
 * Types the commands of each walkthrough's "Call it from another language", and compares what they print with the page;
 * with DOCS_SYNC=1 it fills the page instead.
 *
 * @param name of the blocks
 * @param path a folder with the programs that they use
 * @param skips lines that are not typed, since it is done already
 */
export function walkthroughRows(name: 'grpcurl' | 'Python', path: string, skips?: RegExp): Row[] {
  return EXAMPLES.map((example) => {
    const page = join(folderOf(example), 'README.md');
    const blocks = readmeBlocks(page);
    const text = (kind: string, source: string) =>
      blocks.find((block) => block.kind === kind && block.source === source)?.text ?? '';
    const lines = text('commands', name).split('\n');
    const commands = lines.filter((line) => !skips?.test(line)).join('\n');
    const gets = inGeneral(text('interop', `${name} prints`));
    return tried(example, 'its client, our server', 'the commands of the walkthrough', gets, async () => {
      const { address } = await startOurServer(example);
      const cwd = temporaryFolder();
      for (const folder of ['examples', 'tools']) symlinkSync(join(ROOT, folder), join(cwd, folder));
      // The scripts of the page take another address as their argument.
      const typed = commands.includes('localhost:')
        ? commands.replaceAll(/localhost:\d+/g, address)
        : `${commands.trim()} ${address}`;
      const env = { PATH: `${path}:${process.env.PATH}`, PYTHONDONTWRITEBYTECODE: '1' };
      const { stdout, stderr } = await run(inBash(`set -e\n${typed}`), { cwd, env });
      const came = inGeneral(stdout + stderr);
      if (came === gets || process.env.DOCS_SYNC !== '1') return came;
      fillBlocks(page, `<!-- interop: ${name} prints -->`, stdout);
      return gets;
    });
  });
}
