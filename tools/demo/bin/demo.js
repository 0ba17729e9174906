#!/usr/bin/env node
import '../../testing/bin/supported-node.js';

const { register } = await import('tsx/esm/api');
register();
await import('../src/main.ts');
