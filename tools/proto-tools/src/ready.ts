import { isReady } from './is-ready.ts';

isReady();
