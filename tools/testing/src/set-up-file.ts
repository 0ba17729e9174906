import { afterAll } from 'vitest';
import { stopAll } from './stop-later.ts';

afterAll(stopAll);
