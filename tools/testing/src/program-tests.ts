export { ClientProgram, startProgram, testClientProgram } from './client-program.ts';
export { ServerProgram, testServerProgram } from './server-program.ts';
