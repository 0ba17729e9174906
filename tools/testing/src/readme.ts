import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A fenced block of a README, and the comment above it that says where its text comes from. */
export interface Block {
  /** `file`, `output`, `commands`, `diagram`, `interop` */
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
 * Compares a README with the real thing. `<!-- file: PATH -->` above a block says that it is that file, without the
 * comments that mark its regions; with `PATH#NAME` it is the lines from `#region NAME` to `#endregion`, or in a `.proto`
 * file the declaration `NAME`, such as `message Job`. Any other comment, as `<!-- output: NAME -->`, names an entry of
 * `real`.
 *
 * With `pnpm docs:sync`, fills the blocks that differ.
 *
 * @returns a sentence for each block that differs, or that says of no source
 */
export function staleBlocks(path: string, real: Record<string, string>): string[] {
  const stale: string[] = [];
  const kinds = new Map<string, string>();
  for (const { kind, source, text, line } of readmeBlocks(path)) {
    const where = `${path}:${line}`;
    if (!kind) {
      stale.push(`${where}: the block does not say where it comes from`);
      continue;
    }
    const other = kinds.get(source) ?? kind;
    if (other !== kind) stale.push(`${where}: ${kind} ${source} has the name of ${other} ${source}`);
    kinds.set(source, kind);
    const expected = kind === 'file' ? readSource(dirname(path), source) : real[source];
    if (expected === undefined) stale.push(`${where}: there is no ${kind} ${source}`);
    else if (text.trimEnd() === expected.trimEnd()) continue;
    else if (process.env.DOCS_SYNC === '1') fillBlocks(path, `<!-- ${kind}: ${source} -->`, expected);
    else stale.push(`${where}: differs from ${source} (pnpm docs:sync fills it):\n${text}\nis now\n${expected}`);
  }
  return stale;
}

/** Writes a text into the blocks of a page that have this comment above them. */
export function fillBlocks(path: string, comment: string, text: string): void {
  const readme = readFileSync(path, 'utf8');
  const filled = readme.replaceAll(BLOCK, (block) =>
    block.startsWith(`${comment}\n`)
      ? block.replace(
          /(\n```\w*\n)[\s\S]*(```)$/,
          (_, open: string, close: string) => `${open}${text.trimEnd()}\n${close}`,
        )
      : block,
  );
  writeFileSync(path, filled);
}

function readSource(folder: string, source: string): string | undefined {
  const [file = '', region] = source.split('#');
  const text = readFileSync(join(folder, file), 'utf8');
  if (!region) return text.replaceAll(/^ *(?:\/\/|#) #(?:region .*|endregion)\n/gm, '');
  // protoc copies the comments of a service into the code that it generates, so there are no marks.
  if (file.endsWith('.proto')) return text.match(new RegExp(`^${region} {[\\s\\S]*?^}\\n`, 'm'))?.[0];
  const [found, ...others] = text.matchAll(new RegExp(`^.*#region ${region}\\n([\\s\\S]*?)^.*#endregion`, 'gm'));
  if (others.length > 0) throw new Error(`${file} has ${others.length + 1} regions ${region}`);
  const lines = found?.[1];
  if (lines === undefined) return undefined;
  const indent = lines.match(/^ */)?.[0] ?? '';
  return lines.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}
