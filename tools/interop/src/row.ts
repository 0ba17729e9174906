import type { Example } from './examples.ts';

/** Who calls whom. */
export type Direction = 'its client, our server' | 'our client, its server' | 'our client, our server, it between them';

/** Things that were tried with a peer, and what must come of each. */
export interface Row {
  readonly example: Example;
  readonly direction: Direction;
  /** What must come of each, by its name. */
  readonly gets: Readonly<Record<string, string | RegExp>>;
  /** Tries them, and gives what came of each. */
  run(): Promise<Record<string, string>>;
}

/** Programs in another language that speak gRPC. */
export interface Peer {
  /** The argument that selects it. */
  readonly name: string;
  /** The language and the pinned versions. */
  title(): string;
  /** What must be installed, as commands that tell their version. */
  readonly needs: readonly (readonly [name: string, ...command: string[]])[];
  /**
   * Builds its programs.
   *
   * @throws NotHere when it cannot run on this machine
   */
  prepare(): Promise<void>;
  readonly rows: readonly Row[];
}

/** Thrown while a peer is prepared: it cannot run on this machine, which is no failure. */
export class NotHere extends Error {}

/** A row with one thing tried. */
export function tried(
  example: Example,
  direction: Direction,
  name: string,
  gets: string | RegExp,
  run: () => Promise<string>,
): Row {
  return { example, direction, gets: { [name]: gets }, run: async () => ({ [name]: await run() }) };
}
