// Loaded into a server that is soaked: tells its parent how it stands, whenever it is asked.
import { setTimeout as delay } from 'node:timers/promises';

process.on('message', async () => {
  // Twice, with a turn between: what the first frees can free more.
  for (let i = 0; i < 2; i++) {
    globalThis.gc();
    await delay(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send({ heap: heapUsed + external, rss, handles: process.getActiveResourcesInfo().length }, () => {});
});
// The parent is gone, whatever ended it.
process.on('disconnect', () => process.exit());
process.channel.unref();
