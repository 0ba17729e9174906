#!/usr/bin/env node
import '../src/supported-node.js';

const { main } = await import('../src/main.js');
await main();
