export { type ClientOptions, clientCommand } from './client-command.ts';
export { connect } from './connect.ts';
export { endedEarly } from './ended-early.ts';
export { print, warn } from './print.ts';
export { runClient } from './run-client.ts';
export { standardInput } from './standard-input.ts';
