export { peerOf } from './peer.ts';
export { Program, run } from './program.ts';
export { readmeBlocks, staleBlocks } from './readme.ts';
