export { jwtVerifier, requireToken, type VerifyToken } from './bearer-token.ts';
export { runServer, type ServerOptions, serverCommand } from './run-server.ts';
export type { ServerLimits } from './server-limits.ts';
export { type RunningServer, type Service, type StartServerOptions, startServer } from './start-server.ts';
export { type EndedCall, watchCalls } from './watch-calls.ts';
