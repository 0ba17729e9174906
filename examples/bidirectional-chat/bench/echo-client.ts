// One chat stream in a process of its own: `echo-client.ts plain|grpc-streams ADDRESS MESSAGES` sends so many
// messages, checks that every response is the next one, and prints what it took as JSON.
import { once } from 'node:events';
import { credentials } from '@grpc/grpc-js';
import { ChatClient, ChatMessage, type StringValue } from 'chat-proto';
import { bidiCall, STREAMING } from 'grpc-streams';

const [kind, address = '', count = ''] = process.argv.slice(2);
const messages = Number(count);
let responses = 0;
let rssAtHalf = 0;

function* chatMessages(): Generator<ChatMessage> {
  for (let index = 0; index < messages; index++) yield new ChatMessage().setName('Ann').setMessage(String(index));
}

function check(response: StringValue): void {
  if (response.getValue() !== `Ann: ${responses}`) throw new Error(`response ${responses} is "${response.getValue()}"`);
  responses += 1;
  if (responses === messages / 2) rssAtHalf = process.memoryUsage.rss();
}

/** grpc-js as its documentation uses it, heeding `write()` and 'drain', with its default options. */
async function plain(): Promise<void> {
  const call = new ChatClient(address, credentials.createInsecure()).chat();
  call.on('data', check);
  const ended = once(call, 'end');
  for (const message of chatMessages()) {
    if (!call.write(message)) await once(call, 'drain');
  }
  call.end();
  await ended;
}

async function withGrpcStreams(): Promise<void> {
  const call = bidiCall(new ChatClient(address, credentials.createInsecure(), STREAMING).chat());
  const sending = call.sendAll(chatMessages());
  for await (const response of call.responses) check(response);
  await sending;
}

const start = performance.now();
await (kind === 'plain' ? plain() : withGrpcStreams());
const seconds = (performance.now() - start) / 1_000;
if (responses !== messages) throw new Error(`${responses} responses to ${messages} messages`);
const { maxRSS } = process.resourceUsage();
const rssGrowth = process.memoryUsage.rss() - rssAtHalf;
console.log(JSON.stringify({ perSecond: messages / seconds, peakMiB: maxRSS / 1024, growthMiB: rssGrowth / 2 ** 20 }));
