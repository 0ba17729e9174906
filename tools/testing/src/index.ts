export { Conversation } from './conversation.ts';
export { peerOf } from './peer.ts';
export { Program, programCommand, run } from './program.ts';
export { readmeBlocks, staleBlocks } from './readme.ts';
export { listenInSilence } from './silent-server.ts';
export { skip } from './skip.ts';
export { stopLater } from './stop-later.ts';
export { deadlineIn, openSocketsAndTimers, orHangs, soon, until } from './wait.ts';
export { firstLine, Walkthrough } from './walkthrough.ts';
