import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/** The first line of the `gen/index.js` of a proto package: which contract it is of, and what that said then. */
const OF_CONTRACT = /^\/\/ GENERATED CODE -- DO NOT EDIT! Of (\S+\.proto), (\w+)/;

/**
 * What a contract says, in a few characters: all but comments, spaces and line ends, which change no code.
 *
 * @param {string} protoText
 */
export function contractDigest(protoText) {
  const words = protoText.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ' ').match(/\w+|[^\w\s]/g) ?? [];
  return createHash('sha256').update(words.join(' ')).digest('hex').slice(0, 16);
}

/**
 * A line for each of these files that is the `gen/index.js` of a contract which says something else by now.
 *
 * @param {readonly string[]} files absolute paths
 */
export function staleCode(files) {
  return files.flatMap((file) => {
    if (basename(file) !== 'index.js' || basename(dirname(file)) !== 'gen') return [];
    const [, proto = '', digest] = OF_CONTRACT.exec(read(file)) ?? [];
    const contract = join(dirname(file), '..', proto);
    const text = digest === undefined ? '' : read(contract);
    if (text === '' || contractDigest(text) === digest) return [];
    return [
      `${relative(process.env.INIT_CWD || process.cwd(), contract)} has changed since its code was generated: run pnpm generate`,
    ];
  });
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
