// Starts over: `start` as it was in the beginning. What was there before is kept once.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { exercise, writeStart } from './folders.ts';

rmSync(join(exercise, 'before-reset'), { recursive: true, force: true });
cpSync(join(exercise, 'start'), join(exercise, 'before-reset'), { recursive: true });
rmSync(join(exercise, '.hints.json'), { force: true });
writeStart('start');
console.log('start/ is as it was in the beginning. Your work is in before-reset/.');
