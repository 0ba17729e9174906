#!/usr/bin/env node
import './supported-node.js';

const { register } = await import('tsx/esm/api');
register();
await import('../src/run-tests.ts');
