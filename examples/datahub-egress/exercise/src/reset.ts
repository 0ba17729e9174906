// Starts over: `start` as it was in the beginning. What was there before is kept, each time.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { exercise, keepWork, writeStart } from './folders.ts';

const kept = keepWork();
rmSync(join(exercise, '.hints.json'), { force: true });
writeStart('start');
console.log(`start/ is as it was in the beginning. What was there before is in ${kept}/.`);
