/**
 * The command of a script for bash, with these arguments. By itself bash reads the `.bashrc` of whoever runs the tests
 * when its standard input is a socket, as Node's pipes are, and `SHLVL` is not set, as in CI: what is there may print, or
 * change the path.
 */
export function inBash(script: string, ...args: readonly string[]): string[] {
  return ['bash', '--norc', '-c', script, 'bash', ...args];
}
