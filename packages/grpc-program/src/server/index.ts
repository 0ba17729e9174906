export { asText } from '../as-text.ts';
export { print } from '../print.ts';
export { jwtVerifier, requireToken, type VerifyToken } from './bearer-token.ts';
export { runServer } from './run-server.ts';
export { type ServerOptions, serverCommand } from './server-command.ts';
export type { ServerLimits } from './server-limits.ts';
export { type RunningServer, type Service, type StartServerOptions, startServer } from './start-server.ts';
export { type EndedCall, type MethodCounts, watchCalls } from './watch-calls.ts';
