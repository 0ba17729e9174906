import { isRoundTrip, type Job, type Report, type RoundTrip } from './job.ts';
import { Exchange, type Message, numberedMessages, orderOf, Tally } from './messages.ts';
import type { StackClient } from './stack.ts';

/** Does a job on the client; throws unless every message arrived, in order and undamaged. */
export async function work(client: StackClient, job: Job): Promise<Report> {
  const { kind, size, streams } = job;
  const count = Math.ceil(job.messages / streams);
  const exchanges: Exchange[] = [];
  const start = performance.now();
  await Promise.all(
    Array.from({ length: streams }, async () => {
      if (!isRoundTrip(kind)) return stream(client, job, count);
      const exchange = new Exchange(count, size);
      exchanges.push(exchange);
      await play(client, kind, exchange);
      exchange.responses.expect(count, size);
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  const times = Float64Array.from(exchanges.flatMap(({ milliseconds }) => [...milliseconds])).sort();
  const quantile = (share: number) => 1_000 * (times[Math.floor(times.length * share)] ?? Number.NaN);
  return { seconds, messages: count * streams, p50: quantile(0.5), p99: quantile(0.99) };
}

async function stream(client: StackClient, { kind, size }: Job, count: number): Promise<void> {
  if (kind === 'client-streaming') {
    Tally.fromMessage(await client.clientStreaming(numberedMessages(count, size))).expect(count, size);
    return;
  }
  const responses = new Tally();
  if (kind === 'bidi') await client.bidi(numberedMessages(count, size), responses);
  else await client.serverStreaming(orderOf(count, size), responses);
  responses.expect(count, size);
}

async function play(client: StackClient, kind: RoundTrip, exchange: Exchange): Promise<void> {
  if (kind === 'ping-pong') return client.pingPong(exchange);
  for (let message = exchange.serve(); message; message = exchange.serve()) {
    exchange.return(await (kind === 'unary' ? client.unary(message) : shortCall(client, message)));
  }
}

async function shortCall(client: StackClient, message: Message): Promise<Message> {
  const responses: Message[] = [];
  await client.bidi([message], { add: (response) => responses.push(response) });
  const [response, another] = responses;
  if (!response || another) throw new Error(`a short call has ${responses.length} responses`);
  return response;
}
