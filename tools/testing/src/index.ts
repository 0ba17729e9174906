export { Conversation } from './conversation.ts';
export { peerOf } from './peer.ts';
export { Program, run } from './program.ts';
export { readmeBlocks, staleBlocks } from './readme.ts';
export { skip } from './skip.ts';
export { openSocketsAndTimers, soon, until } from './wait.ts';
