import { sent } from './datahub-peer.ts';
import type { DataHub } from './start.ts';

const PADDING = 'x'.repeat(16 * 1024);

export const firstNumbers = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Packages of 16 KiB to send; their values start with the number of each. */
export const large = (count: number) => firstNumbers(count).map((n) => sent({ tagValue: `${n} ${PADDING}` }));

/** Sends large packages until no more of them are taken, though packages of another tag are: the hub waits. */
export async function ingestUntilHeldBack({ connect }: DataHub, count: number) {
  const { call, response } = connect().startIngest();
  let taken = 0;
  for (const dataPackage of large(count)) call.write(dataPackage, () => taken++);
  call.end();
  const peer = connect();
  for (let last = -1; last !== taken || taken === 0; ) {
    last = taken;
    for (let n = 0; n < 50; n++) await peer.send({ ...sent({ tagName: 'Other' }), tagValue: [`${n}`] });
  }
  return { taken, response };
}
