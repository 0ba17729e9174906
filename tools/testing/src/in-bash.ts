/**
 * The command of a script for bash, with these arguments. By itself bash reads the `.bashrc` of whoever runs the tests
 * when its standard input is a socket, as Node's pipes are, and `SHLVL` is not set, as in CI: what is there may print, or
 * change the path. It also warns of a locale that the machine does not have, as of one that SSH has passed on.
 */
export function inBash(script: string, ...args: readonly string[]): string[] {
  return ['env', '-u', 'LC_ALL', 'bash', '--norc', '-c', script, 'bash', ...args];
}
