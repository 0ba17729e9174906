import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A fenced block of a README, and the comment above it that says where its text comes from. */
export interface Block {
  /** `file`, `output`, `commands`, `diagram` */
  readonly kind: string | undefined;
  /** The path of the file, or the name of the output. */
  readonly source: string;
  readonly text: string;
  readonly line: number;
}

const BLOCK = /(?:^<!-- (\w+): (.+) -->\n)?^```\w*\n([\s\S]*?)^```$/gm;

/** The fenced blocks of a README. */
export function readmeBlocks(path: string): Block[] {
  const readme = readFileSync(path, 'utf8');
  return [...readme.matchAll(BLOCK)].map(({ index, 1: kind, 2: source = '', 3: text = '' }) => ({
    kind,
    source,
    text,
    line: readme.slice(0, index).split('\n').length,
  }));
}

/**
 * Compares a README with the real thing. `<!-- file: PATH -->` above a block says that it is that file, or with
 * `PATH#NAME` the lines of it from `#region NAME` to `#endregion`. Any other comment, as `<!-- output: NAME -->`,
 * names an entry of `real`.
 *
 * @returns a sentence for each block that differs, or that says of no source
 */
export function staleBlocks(path: string, real: Record<string, string>): string[] {
  return readmeBlocks(path).flatMap(({ kind, source, text, line }) => {
    const where = `${path}:${line}`;
    if (!kind) return [`${where}: the block does not say where it comes from`];
    const expected = kind === 'file' ? readSource(dirname(path), source) : real[source];
    if (expected === undefined) return [`${where}: there is no ${kind} ${source}`];
    return text.trimEnd() === expected.trimEnd()
      ? []
      : [`${where}: differs from ${source}:\n${text}\nis now\n${expected}`];
  });
}

function readSource(folder: string, source: string): string | undefined {
  const [file = '', region] = source.split('#');
  const text = readFileSync(join(folder, file), 'utf8');
  if (!region) return text;
  const found = text.match(new RegExp(`^.*#region ${region}\\n([\\s\\S]*?)^.*#endregion`, 'm'))?.[1];
  if (found === undefined) return undefined;
  const indent = found.match(/^ */)?.[0] ?? '';
  return found.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}
