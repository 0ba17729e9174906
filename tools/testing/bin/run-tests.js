#!/usr/bin/env node
import '../../../packages/run-typescript/src/supported-node.js';

const { register } = await import('tsx/esm/api');
register();
await import('../src/run-tests.ts');
