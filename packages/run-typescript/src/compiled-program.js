import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { BUNDLE } from './bundle.js';
import { staleCode } from './stale-code.js';

/**
 * The compiled form of a program: a single file in `node_modules/.cache` of its package, made when there is none yet, or
 * when a source, a package.json or the installed versions have changed since. Says on stderr when it has generated code
 * that is older than its contract.
 *
 * @param {string} source the program's source file, an absolute path
 * @returns {Promise<string>} the file to run; where the package may not be written to, one that goes with this process
 * @throws what esbuild does, after it has printed it: `errors` holds what is wrong with the source
 */
export async function compiledProgram(source) {
  const home = folderWith('package.json', dirname(source));
  const cache = join(home, 'node_modules', '.cache', 'run-typescript');
  const name = relative(home, source).replaceAll(sep, '-').replace(/\.ts$/, '');
  const listOfInputs = join(cache, `${name}.json`);
  const known = readInputs(listOfInputs);
  const path = known && join(cache, `${name}-${digestOf(home, known)}.mjs`);
  if (path && existsSync(path)) {
    warnOfStaleCode(home, known);
    return path;
  }

  const { build } = await import('esbuild');
  const { metafile, outputFiles } = await build({
    ...BUNDLE,
    // Not as an entry point: there esbuild takes some characters of a path for others.
    stdin: { contents: `import ${JSON.stringify(`./${basename(source)}`)};`, resolveDir: dirname(source) },
    absWorkingDir: home,
    outdir: cache,
    write: false,
    metafile: true,
    sourcemap: 'inline',
    sourcesContent: false,
  });
  const contents = outputFiles[0]?.contents ?? '';
  const inputs = inputsOf(home, Object.keys(metafile.inputs));
  warnOfStaleCode(home, inputs);
  const made = join(cache, `${name}-${digestOf(home, inputs)}.mjs`);
  try {
    await mkdir(cache, { recursive: true });
    await writeWhole(made, contents);
    await writeWhole(listOfInputs, JSON.stringify(inputs));
    const older = (await readdir(cache)).filter((file) => file.replace(/-\w{16}\.mjs$/, '') === name);
    for (const file of older) if (file !== basename(made)) await rm(join(cache, file), { force: true });
    return made;
  } catch {
    // A folder of its own, since others may write to the one for temporary files.
    const folder = await mkdtemp(join(tmpdir(), 'run-typescript-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    await writeFile(join(folder, 'main.mjs'), contents);
    return join(folder, 'main.mjs');
  }
}

/**
 * @param {string} home
 * @param {string[]} inputs
 */
function warnOfStaleCode(home, inputs) {
  for (const line of staleCode(inputs.map((path) => resolve(home, path)))) console.error(`Warning: ${line}`);
}

/**
 * What the compiled form depends on, relative to the package: the sources, their package.json files, the list of the
 * installed versions, which stands for all that is installed, and how it is compiled.
 *
 * @param {string} home
 * @param {string[]} sources
 */
function inputsOf(home, sources) {
  const own = sources.filter((path) => path !== '<stdin>' && !path.includes('node_modules/'));
  const manifests = own.map((path) => join(folderWith('package.json', dirname(resolve(home, path))), 'package.json'));
  const installed = join('node_modules', '.pnpm', 'lock.yaml');
  const compiler = ['bundle.js', 'compiled-program.js'].map((file) => join(import.meta.dirname, file));
  const others = [...new Set(manifests), join(folderWith(installed, home), installed), ...compiler];
  return [...own, ...others.map((path) => relative(home, path))];
}

/**
 * @param {string} home
 * @param {string[]} inputs
 */
function digestOf(home, inputs) {
  const digest = createHash('sha256');
  for (const input of inputs) {
    digest.update(`\0${input}\0`);
    try {
      digest.update(readFileSync(resolve(home, input)));
    } catch {
      // That it is gone is a change too.
    }
  }
  return digest.digest('hex').slice(0, 16);
}

/**
 * @param {string} path
 * @returns {string[] | undefined}
 */
function readInputs(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * The nearest folder that holds a file, from a folder upwards.
 *
 * @param {string} file
 * @param {string} from
 * @returns {string}
 */
function folderWith(file, from) {
  if (existsSync(join(from, file)) || dirname(from) === from) return from;
  return folderWith(file, dirname(from));
}

/**
 * Writes a file whole: another process may start by it meanwhile.
 *
 * @param {string} path
 * @param {string | Uint8Array} contents
 */
async function writeWhole(path, contents) {
  const part = `${path}.${process.pid}`;
  await writeFile(part, contents);
  await rename(part, path);
}
