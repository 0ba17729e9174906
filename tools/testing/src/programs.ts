export { compilePrograms } from './compile-programs.ts';
export { COMPILED } from './compiled.ts';
