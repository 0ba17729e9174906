import { spawnSync } from 'node:child_process';
import { orHangs } from '@grpc-by-example/testing';
import { NotHere, type Peer, type Row } from './row.ts';

/** Rows mostly wait: so many of them run side by side. */
const AT_ONCE = 4;

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Builds a peer and tries all its rows, prints what comes of each, and gives the numbers. */
export async function runPeer(peer: Peer, print: (line: string) => void): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  const missing = peer.needs.filter(([, command = '', ...args]) => spawnSync(command, args).status !== 0);
  if (missing.length > 0) {
    print(`skipped: ${peer.title()}: ${missing.map(([name]) => name).join(' and ')} not found`);
    return { ...tally, skipped: 1 };
  }
  print(`${peer.title()}: building`);
  try {
    await peer.prepare();
  } catch (error) {
    if (error instanceof NotHere) {
      print(`skipped: ${peer.title()}: ${error.message}`);
      return { ...tally, skipped: 1 };
    }
    print(`FAILED ${peer.title()}: it does not build\n${(error as Error).message}`);
    return { ...tally, failed: 1 };
  }
  const waiting = [...peer.rows];
  const runNext = async (): Promise<void> => {
    const row = waiting.shift();
    if (!row) return;
    for (const { name, fault } of await faultsOf(row)) {
      tally[fault === undefined ? 'passed' : 'failed'] += 1;
      const line = `${peer.name}, ${row.example}, ${row.direction}: ${name}`;
      print(fault === undefined ? `✓ ${line}` : `FAILED ${line}\n${fault}`);
    }
    return runNext();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runNext));
  return tally;
}

/** What is not as it must be, for each thing that a row tries; undefined where all is well. */
async function faultsOf(row: Row): Promise<{ name: string; fault: string | undefined }[]> {
  let came: Record<string, string> = {};
  let thrown: string | undefined;
  try {
    came = await orHangs(row.run(), () => 'it hangs');
  } catch (error) {
    thrown = (error as Error).message;
  }
  return Object.entries(row.gets).map(([name, gets]) => {
    const got = came[name];
    const isRight = got !== undefined && (typeof gets === 'string' ? got === gets : gets.test(got));
    return { name, fault: isRight ? undefined : `  must get: ${gets}\n  got:      ${got ?? thrown ?? 'nothing'}` };
  });
}
