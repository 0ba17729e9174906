import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MethodDefinition } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { EXAMPLES, JOBS } from '@grpc-by-example/demo/examples';

/** A method that a page may call; its messages are plain objects. */
export type Method = MethodDefinition<object, object>;

/** Something to predict, and then to see. */
export interface Task {
  readonly title: string;
  readonly ask: string;
  readonly choices: readonly string[];
  /** The place of the right choice. */
  readonly right: number;
  /** What the page then does: commands, and what is to be seen before the next one. */
  readonly steps: readonly (object | { readonly wait: string })[];
  /** What is to be seen before the answer is told. */
  readonly shows: string;
  readonly answer: string;
  /** The path of a file in the folder of the example. */
  readonly source: string;
  /** What the first and the last line of its region hold; without, it is the whole file. */
  readonly lines?: readonly [first: string, last: string];
}

/** What `play.json` in the folder of an example says; the first part of the contract with who writes one. */
interface Play {
  readonly name: string;
  /** What the server is started with, beside its port. */
  readonly server?: readonly string[];
  /** What client programs are started with, where a page is to start some. */
  readonly client?: readonly string[];
  /** A first message for each method, by the end of its path. */
  readonly messages: Readonly<Record<string, object>>;
  readonly tasks?: readonly Task[];
  /** Whether the mishaps of the demo are played here. */
  readonly whatIfs?: boolean;
}

export interface PlayedExample extends Play {
  /** Of the example, from the root of the repository. */
  readonly folder: string;
  /** By path. */
  readonly methods: ReadonlyMap<string, Method>;
}

const repository = join(import.meta.dirname, '../../..');

/** The examples that have a `play.json`, in the order in which to learn them, and then those that nobody has ordered. */
export function playedExamples(root = repository): PlayedExample[] {
  const known = [...EXAMPLES, JOBS].map(({ folder }) => folder);
  const place = (folder: string) => (known.includes(folder) ? known.indexOf(folder) : known.length);
  return readdirSync(join(root, 'examples'))
    .map((name) => `examples/${name}`)
    .filter((folder) => existsSync(join(root, folder, 'play.json')))
    .sort((a, b) => place(a) - place(b) || a.localeCompare(b))
    .flatMap((folder) => {
      const plays: Play[] = JSON.parse(readFileSync(join(root, folder, 'play.json'), 'utf8'));
      const methods = methodsOf(join(root, folder, 'proto/gen'));
      return plays.map((play) => ({ ...play, folder, methods }));
    });
}

/** The first message to propose for a method, as JSON. */
export function firstMessage({ messages }: PlayedExample, path: string): string {
  return JSON.stringify(messages[path.split('/').at(-1) ?? ''] ?? {});
}

/** The region of source that a task is about. */
export function sourceOf(
  { folder }: PlayedExample,
  { source, lines: [first, last] = ['', ''] }: Task,
  root = repository,
): string {
  const path = join(root, folder, source);
  const all = readFileSync(path, 'utf8').trimEnd().split('\n');
  if (!first) return all.join('\n');
  const from = all.findIndex((line) => line.includes(first));
  const indent = all[from]?.match(/^ */)?.[0] ?? '';
  // The last line of a block is not one within it.
  const isLast = (line: string) => line.trim() === last || (last !== '}' && line.includes(last));
  const to = all.findIndex((line, n) => n > from && isLast(line) && (last !== '}' || line === `${indent}}`));
  if (from < 0 || to < 0) throw new Error(`${path} has no lines from ${first} to ${last}`);
  return all
    .slice(from, to + 1)
    .map((line) => line.slice(line.startsWith(indent) ? indent.length : 0))
    .join('\n');
}

/** What protoc has written of the services, int64 as text: numbers of JavaScript do not hold all of them. */
function methodsOf(gen: string): Map<string, Method> {
  const options = { keepCase: true, longs: String, enums: String };
  const sets = readdirSync(gen).filter((file) => file.endsWith('.binpb'));
  return new Map(
    sets
      .map((file) => loadFileDescriptorSetFromBuffer(readFileSync(join(gen, file)), options))
      .flatMap((loaded) => Object.values(loaded).filter((entry) => !('format' in entry)))
      .flatMap((service) => Object.values(service as Record<string, Method>).map((method) => [method.path, method])),
  );
}
