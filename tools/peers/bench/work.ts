import type { Job, Report } from './job.ts';
import { Exchange, numberedMessages, orderOf, Tally } from './messages.ts';
import type { StackClient } from './stack.ts';

/** Does a job on the client; throws unless every message arrived, in order and undamaged. */
export async function work(client: StackClient, job: Job): Promise<Report> {
  const count = Math.ceil(job.messages / job.streams);
  const exchanges: Exchange[] = [];
  const start = performance.now();
  await Promise.all(
    Array.from({ length: job.streams }, async () => {
      if (job.kind !== 'ping-pong') return stream(client, job, count);
      const exchange = new Exchange(count, job.size);
      exchanges.push(exchange);
      await client.pingPong(exchange);
      exchange.responses.expect(count, job.size);
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  const times = Float64Array.from(exchanges.flatMap(({ milliseconds }) => [...milliseconds])).sort();
  const quantile = (share: number) => 1_000 * (times[Math.floor(times.length * share)] ?? Number.NaN);
  return { seconds, messages: count * job.streams, p50: quantile(0.5), p99: quantile(0.99) };
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
