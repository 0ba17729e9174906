import { until } from '@grpc-by-example/testing';
import { Attacker } from './attacker.ts';
import { Bystander, servesNewcomer } from './bystander.ts';
import type { Example, Victims } from './victim.ts';

/** A row of the table. */
export interface Row {
  readonly name: string;
  /** What the attacker gets; the test compares it with what it got. */
  readonly gets: string;
  /** What holds the server, in words. */
  readonly holds: string;
  /** It takes seconds of a processor, and is for the long tests. */
  readonly isLong?: boolean;
  /** Does it, checks that the server lives and serves others, and gives what the attacker got. */
  run(victims: Victims): Promise<string>;
}

export interface Attack extends Omit<Row, 'run'> {
  readonly on: Example;
  /** Of the server, which those with the same ones share. */
  readonly args?: readonly string[];
  attack(attacker: Attacker): Promise<string>;
}

/** By how much an attack may leave the server larger than at its start: what its heap may hold, and buffers beside. */
const SPARE_MIB = 250;

/** An attack during which, and after which, the server serves other callers as before. */
export function attack({ on, args, attack, ...words }: Attack): Row {
  return {
    ...words,
    async run(victims) {
      const victim = await victims.get(on, args);
      return victim.alone(async () => {
        const bystander = await Bystander.enter(victim.port);
        const attacker = new Attacker(victim.port, bystander);
        try {
          const got = await attack(attacker);
          // The attacker still holds all that it has.
          await bystander.isAnswered(1);
          await servesNewcomer(victim.port);
          attacker.letGo();
          await bystander.isAnswered(1);
          await servesNewcomer(victim.port);
          await until(() => victim.grownMib < SPARE_MIB);
          return got;
        } catch (error) {
          if (victim.ended === undefined) throw error;
          const lastWords = victim.program.stderr.match(/FATAL.*/)?.[0] ?? victim.program.stderr;
          throw new Error(`the server ended (${victim.ended}): ${lastWords}`, { cause: error });
        } finally {
          attacker.letGo();
          await bystander.leave().catch(() => {}); // the attack has failed for it
        }
      });
    },
  };
}
