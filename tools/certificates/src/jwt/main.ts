// Makes a token for a server with --jwt-secret: `pnpm jwt --help`.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isSameFile } from 'whole-file';
import { newCommand, OperatorError, runCommand, wholeNumber } from '../command-line.ts';
import { signToken } from '../token.ts';
import { SECRET, writeAnew } from '../write-anew.ts';

/** What HS256 wants (RFC 7518, 3.2). */
const SECRET_BYTES = 32;

const command = newCommand('jwt', 'Prints a token (JWT, HS256) for a server with --jwt-secret.')
  .requiredOption('--secret <file>', 'the secret of the server; made if there is none')
  .option('--seconds <n>', 'how long the token is valid', wholeNumber(1, 365 * 86_400), 3_600)
  .option('--subject <name>', 'whom it is for', 'developer')
  .option('--out <file>', 'write it to a file that only you can read, instead')
  .action(async ({ secret, seconds, subject, out }, command) => {
    if (!existsSync(secret)) {
      await writeAnew(secret, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, SECRET);
      console.error(`made the secret ${secret}`);
    }
    if (out !== undefined && isSameFile(secret, out)) command.error(`error: --out ${out} is the file of --secret`);
    const expiresAt = new Date(Date.now() + seconds * 1_000);
    const token = await signToken(readSecret(secret), { subject, expiresAt });
    if (out === undefined) return console.log(token);
    await writeAnew(out, `${token}\n`, SECRET);
    console.log(`${out}: for ${subject}, ${seconds} s`);
  });

/** As a server reads it: the bytes of the file, less one line end, which editors add. */
function readSecret(path: string): Uint8Array {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new OperatorError(`cannot read ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
  const lineEnd = /\r?\n$/.exec(bytes.subarray(-2).toString('latin1'))?.[0] ?? '';
  const secret = bytes.subarray(0, bytes.length - lineEnd.length);
  if (secret.length < SECRET_BYTES)
    throw new OperatorError(`the secret in ${path} is shorter than ${SECRET_BYTES} bytes`);
  return secret;
}

await runCommand(command);
