export { runServer, type ServerOptions, serverCommand } from './run-server.ts';
export { type RunningServer, type Service, type StartServerOptions, startServer } from './start-server.ts';
