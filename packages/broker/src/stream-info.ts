import { JetStreamApiCodes, JetStreamApiError, type StreamConfig, type StreamInfo } from '@nats-io/jetstream';
import type { Link } from './link.ts';

/** Asks for the state of a stream, and makes it if it is not there. */
export async function streamInfo(link: Link, config: Partial<StreamConfig> & { name: string }): Promise<StreamInfo> {
  if (!link.isUp) throw new Error('there is no connection');
  const { streams } = link.manager;
  const known = streams.info(config.name).catch((error: Error) => {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.StreamNotFound) throw error;
    return streams.add(config);
  });
  return link.answer(known);
}
