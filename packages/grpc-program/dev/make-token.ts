// Makes a token for a server with --jwt-secret: `pnpm jwt --help`.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { SignJWT } from 'jose';
import { exitCodeOf, newCommand } from '../src/command-line.ts';
import { wholeNumber } from '../src/options.ts';
import { readSecret } from '../src/tls.ts';
import { SECRET, writeAnew } from './write-anew.ts';

const command = newCommand('jwt', 'Prints a token (JWT, HS256) for a server with --jwt-secret.')
  .requiredOption('--secret <file>', 'the secret of the server; made when there is none')
  .option('--seconds <n>', 'how long the token is valid', wholeNumber(1, 365 * 86_400), 3_600)
  .option('--subject <name>', 'whom it is for', 'developer')
  .option('--out <file>', 'write it to a file that only you can read, instead')
  .action(async ({ secret, seconds, subject, out }) => {
    if (!existsSync(secret)) {
      writeAnew(secret, `${randomBytes(32).toString('base64url')}\n`, SECRET);
      console.error(`made the secret ${secret}`);
    }
    const expiresAt = new Date(Date.now() + seconds * 1_000);
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime(expiresAt)
      .sign(readSecret(secret));
    if (out === undefined) return console.log(token);
    writeAnew(out, `${token}\n`, SECRET);
    console.log(`${out}: for ${subject}, ${seconds} s`);
  });

try {
  await command.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
