export { type ClientOptions, clientCommand, connect, runClient } from './run-client.ts';
