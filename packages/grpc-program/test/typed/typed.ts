// The service of the README in TypeScript, with types that proto-loader makes: what tsc sees of the two tarballs.
import { credentials, loadPackageDefinition, Metadata } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { option, wholeNumber } from 'grpc-program/options';
import { type Authorize, callerOf, requireToken, runServer, serverCommand, startServer } from 'grpc-program/server';
import { bidiStreaming, callsOf } from 'grpc-streams';
import type { EchoHandlers } from './gen/echo/Echo.js';
import type { ProtoGrpcType } from './gen/echo.js';

const { Echo } = (loadPackageDefinition(loadSync('echo.proto')) as unknown as ProtoGrpcType).echo;

const handlers: EchoHandlers = {
  Talk: bidiStreaming(async function* (words, { call }) {
    const name: string = callerOf(call)?.subject ?? 'somebody';
    for await (const word of words) {
      // @ts-expect-error words have no number
      void word.number;
      yield { text: `${name} said ${word.text}` };
    }
  }),
};

const command = serverCommand('echo-server', { port: 0, description: 'Says again what it hears.' }).addOption(
  option('--times <n>', 'how often').argParser(wholeNumber(1)).default(1),
);

/** Not called: what a program would do. */
export const run = () =>
  runServer(command, {
    services: ({ times, port }) => {
      const numbers: number[] = [times, port];
      return numbers.length > 0 ? [[Echo.service, handlers]] : [];
    },
    // @ts-expect-error a policy gives a boolean
    authorize: () => 'yes',
    client: 'node client.js',
  });

const authorize: Authorize = ({ subject }) => subject === 'Ann';
const tokens = requireToken(async (token) => ({ subject: token, claims: {} }), { authorize });
const server = await startServer([[Echo.service, handlers]], { interceptors: [tokens] });
const client = new Echo(`localhost:${server.port}`, credentials.createInsecure());
const call = callsOf(client).talk({ metadata: Metadata.fromHttp2Headers({ authorization: 'Bearer Ann' }) });
// @ts-expect-error text is a string
void (() => call.send({ text: 1 }));
await call.sendAll([{ text: 'hello' }]);
for await (const { text } of call.responses) console.log(text);
client.close();
await server.stop();
