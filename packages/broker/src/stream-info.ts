import { JetStreamApiCodes, JetStreamApiError, type StreamConfig, type StreamInfo } from '@nats-io/jetstream';
import type { Link } from './link.ts';
import { isRefusal, SEE } from './permissions.ts';

/** Asks for the state of a stream, and makes it if it is not there. */
export async function streamInfo(link: Link, config: Partial<StreamConfig> & { name: string }): Promise<StreamInfo> {
  if (!link.isUp) throw new Error('there is no connection');
  const { streams } = link.manager;
  const known = streams.info(config.name).catch((error: Error) => {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.StreamNotFound) throw error;
    return streams.add(config).catch((refusal: Error) => {
      throw isRefusal(refusal) ? new Error(mayNotMake(config.name)) : refusal;
    });
  });
  return link.answer(known);
}

const mayNotMake = (stream: string) =>
  `it is not there, and the user of --broker may not publish to $JS.API.STREAM.CREATE.${stream}; ${SEE}`;

/**
 * Checks what every stream has to do that an operator may have made.
 *
 * @param more what this one has to do beside it, and what to say if it does not
 * @throws in words when it does not do
 */
export function checkStream(config: StreamConfig, more: readonly [does: boolean, told: string][]): void {
  const { name, subjects, no_ack, max_msgs_per_subject, discard_new_per_subject } = config;
  const checks = [
    ...more,
    [subjects?.some((one) => [`${name}.*`, `${name}.>`, '>'].includes(one)), `it does not have the subjects ${name}.*`],
    [!no_ack, 'with no_ack, nobody knows what it has accepted'],
    [
      !(max_msgs_per_subject > 0) || discard_new_per_subject,
      'with max_msgs_per_subject, it drops messages that are not the oldest, and nobody would know',
    ],
  ] as const;
  for (const [does, told] of checks) if (!does) throw new Error(told);
}

/**
 * Asks for the names of all consumers of a stream. Not by the client's `consumers.list`: that has all that is to know of
 * each, and in a cluster leaves out those that are slow to answer.
 *
 * @throws when the broker does not answer in 5 s, or does not name all of them
 */
export async function consumerNames(link: Link, stream: string): Promise<string[]> {
  const asked = link.connection.request(`$JS.API.CONSUMER.NAMES.${stream}`, '', { timeout: 5_000 });
  const { consumers, total } = (await link.answer(asked)).json<{ consumers?: string[] | null; total?: number }>();
  if (consumers?.length !== total || !consumers) throw new Error('the broker does not name all consumers');
  return consumers;
}
