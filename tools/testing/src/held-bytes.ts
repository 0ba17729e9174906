import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collectGarbage: (() => void) | undefined;

/**
 * How many bytes the live objects of this process hold, in the heap and in buffers beside it, after what nobody holds
 * is collected. The memory of a process (RSS) has garbage in it too, as much as the collector had no time for.
 */
export function heldBytes(): number {
  collectGarbage ??= garbageCollector();
  collectGarbage();
  collectGarbage(); // buffers whose owners went in the first
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Not before it is wanted: it makes a context, and V8 compiles anew what it had compiled with other flags. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}
