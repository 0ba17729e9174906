import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestCase, TestModule, TestSpecification } from 'vitest/node';
import { packageOf } from './workspace.ts';

interface PackageRun {
  readonly name: string;
  readonly modules: TestModule[];
  files: number;
}

/**
 * Prints a line for each package whose tests are over; at the end what was skipped and why, each failed test with the
 * command that runs it alone, and the numbers. On a terminal a last line tells how far it is.
 */
export class PackageReporter implements Reporter {
  readonly #root: string;
  readonly #output: NodeJS.WriteStream;
  readonly #isFiltered: boolean;
  readonly #packages = new Map<string, PackageRun>();
  readonly #logs = new Map<string, string>();
  readonly #startedAt = performance.now();
  #files = 0;
  #filesOver = 0;

  /** @param isFiltered whether only tests of some names are run; the others are then no skips to tell of */
  constructor(root: string, output: NodeJS.WriteStream, isFiltered: boolean) {
    this.#root = root;
    this.#output = output;
    this.#isFiltered = isFiltered;
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#files = specifications.length;
    for (const { moduleId } of specifications) this.#packageOf(moduleId).files += 1;
    this.#showProgress();
  }

  onTestModuleEnd(module: TestModule): void {
    const run = this.#packageOf(module.moduleId);
    run.modules.push(module);
    this.#filesOver += 1;
    if (run.modules.length === run.files && hasMore(run)) this.#print(this.#lineOf(run));
    this.#showProgress();
  }

  onUserConsoleLog({ taskId = '', content }: { taskId?: string; content: string }): void {
    this.#logs.set(taskId, (this.#logs.get(taskId) ?? '') + content);
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const skips = tests.filter(
      (test) => stateOf(test) === 'skipped' && (noteOf(test) !== undefined || !this.#isFiltered),
    );
    for (const test of skips) this.#print(this.#skipOf(test));
    for (const test of tests) if (stateOf(test) === 'failed') this.#print(this.#failureOf(test));
    for (const module of modules) {
      for (const error of module.errors()) {
        this.#print(`\nFAILED ${this.#pathOf(module)}\n${inWords([error])}\n${this.#commandOf(module)}`);
      }
    }
    if (errors.length > 0) this.#print(`\nFAILED outside of any test\n${inWords(errors)}`);

    const count = (state: string) => tests.filter((test) => stateOf(test) === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    if (!tests.some(isChosen) && broken === 0) this.#print('no test has such a file or name');
    const skipped = skips.length > 0 ? `, ${skips.length} skipped` : '';
    this.#print(`\n${count('passed')} passed, ${count('failed') + broken} failed${skipped} in ${this.#seconds()} s`);
  }

  #packageOf(file: string): PackageRun {
    const { name, folder } = packageOf(file);
    const known = this.#packages.get(folder) ?? { name, modules: [], files: 0 };
    this.#packages.set(folder, known);
    return known;
  }

  #lineOf({ name, modules }: PackageRun): string {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const failed = tests.filter((test) => stateOf(test) === 'failed').length;
    const good = failed === 0 && modules.every((module) => module.errors().length === 0);
    const passed = tests.filter((test) => stateOf(test) === 'passed').length;
    return `${good ? '✓' : '✗'} ${name.padEnd(22)} ${`${passed}`.padStart(4)} passed${failed ? `, ${failed} failed` : ''}`;
  }

  #skipOf(test: TestCase): string {
    return `skipped: ${test.fullName} (${this.#pathOf(test.module)}): ${noteOf(test) ?? 'no reason given'}`;
  }

  #failureOf(test: TestCase): string {
    const { errors = [] } = test.result();
    const line = test.location ? `:${test.location.line}` : '';
    const logs = this.#logs.get(test.id);
    return [
      `\nFAILED ${test.fullName}`,
      `  ${this.#pathOf(test.module)}${line}`,
      inWords(errors),
      ...(logs ? [indented(`printed:\n${logs}`)] : []),
      `${this.#commandOf(test.module)} -t '${test.name.replaceAll(/[^\w ,]/g, '.')}'`,
    ].join('\n');
  }

  #pathOf({ moduleId }: TestModule): string {
    return relative(this.#root, moduleId);
  }

  #commandOf({ moduleId }: TestModule): string {
    const { name, folder } = packageOf(moduleId);
    return `  alone: pnpm --filter ${name} test ${relative(folder, moduleId)}`;
  }

  #seconds(): number {
    return Math.round((performance.now() - this.#startedAt) / 1_000);
  }

  #print(text: string): void {
    if (this.#output.isTTY) this.#output.write(`\r\x1b[K${text}\n`);
    else this.#output.write(`${stripVTControlCharacters(text)}\n`);
  }

  #showProgress(): void {
    if (!this.#output.isTTY || this.#filesOver === this.#files) return;
    const left = Math.round((this.#seconds() / Math.max(1, this.#filesOver)) * (this.#files - this.#filesOver));
    const estimate = this.#filesOver > 5 ? `, about ${left} s left` : '';
    this.#output.write(`\r\x1b[K${this.#filesOver} of ${this.#files} test files${estimate}`);
  }
}

/** Whether a test has run, or has said why not: not one whose name was not asked for. */
export function isChosen(test: TestCase): boolean {
  return stateOf(test) !== 'skipped' || noteOf(test) !== undefined;
}

/** Whether there is more to say of a package than that none of its tests has a name that was asked for. */
function hasMore({ modules }: PackageRun): boolean {
  return modules.some((module) => module.errors().length > 0 || [...module.children.allTests()].some(isChosen));
}

const noteOf = (test: TestCase) => (test.result() as { note?: string | undefined }).note;
const stateOf = (test: TestCase) => test.result().state;

function inWords(errors: readonly SerializedError[]): string {
  return errors
    .map(({ message, diff, stacks, stack }) => {
      const place = stacks?.[0];
      const where = place ? `at ${place.file}:${place.line}:${place.column}` : (stack ?? '');
      return indented([message, diff, where].filter(Boolean).join('\n'));
    })
    .join('\n');
}

const indented = (text: string) => text.trimEnd().replaceAll(/^/gm, '  ');
