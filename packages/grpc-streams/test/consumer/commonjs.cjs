// A plain Node CommonJS module that has only what `pnpm pack` ships, with a definition that proto-loader read.
const { credentials, loadPackageDefinition, Server, ServerCredentials } = require('@grpc/grpc-js');
const { loadSync } = require('@grpc/proto-loader');
const { bidiCall, bidiStreaming, STREAMING } = require('grpc-streams');

const { Chat } = loadPackageDefinition(loadSync(process.argv[2]));
const server = new Server();
server.addService(Chat.service, {
  chat: bidiStreaming(async function* (messages) {
    for await (const { name } of messages) yield { value: `${name} said something` };
  }),
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, port) => void talk(port));

async function talk(port) {
  const call = bidiCall(new Chat(`127.0.0.1:${port}`, credentials.createInsecure(), STREAMING).chat());
  const sent = call.sendAll([{ name: 'Ann' }, { name: 'Bob' }]);
  for await (const { value } of call.responses) console.log(value);
  await sent;
  server.forceShutdown();
}
