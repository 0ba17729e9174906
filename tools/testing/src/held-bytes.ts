import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/**
 * How many bytes the live objects of this process hold, in the heap and in buffers beside it, after what nobody holds
 * is collected. The memory of a process (RSS) has garbage in it too, as much as the collector had no time for.
 */
export function heldBytes(): number {
  collectGarbage();
  collectGarbage(); // buffers whose owners went in the first
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
