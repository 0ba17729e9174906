#!/usr/bin/env node
import '../../../packages/run-typescript/src/supported-node.js';
import './supported-path.js';

const { register } = await import('tsx/esm/api');
register();
await import('../src/run-tests.ts');
