import { setImmediate } from 'node:timers/promises';
import { createInbox, headers, PermissionViolationError } from '@nats-io/transport-node';
import type { Link } from './link.ts';

/** What a user of the broker must be allowed to publish to who shares a log, in the patterns of NATS. */
export const ofLog = (stream: string): string[] => [
  `${stream}.*`,
  `$JS.API.STREAM.INFO.${stream}`,
  `$JS.API.STREAM.MSG.GET.${stream}`,
  `$JS.API.DIRECT.GET.${stream}`,
  `$JS.API.CONSUMER.CREATE.${stream}`,
  `$JS.API.CONSUMER.DELETE.${stream}.*`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
];

/** As {@link ofLog}, for a relay. */
export const ofRelay = (stream: string): string[] => [
  `${stream}.*`,
  `$JS.API.STREAM.INFO.${stream}`,
  `$JS.API.CONSUMER.NAMES.${stream}`,
  `$JS.API.CONSUMER.CREATE.${stream}.*`,
  `$JS.API.CONSUMER.INFO.${stream}.*`,
  `$JS.API.CONSUMER.DELETE.${stream}.*`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
  `$JS.ACK.${stream}.>`,
];

/** What a user must be allowed to subscribe to: what the broker answers comes there. */
export const INBOXES = '_INBOX.>';

/** Where it is said what an operator has to do. */
export const SEE = 'see "What the broker has to allow" in docs/from-one-process-to-many.md';

/**
 * Tries what a user of the broker must be allowed, by messages to all these subjects that have no effect there.
 *
 * @throws when the broker refuses some, with all that it refuses
 */
export async function checkPermissions(link: Link, patterns: readonly string[]): Promise<void> {
  const refused = new Set<string>();
  const onRefused = ({ subject }: PermissionViolationError) => refused.add(subject);
  link.on('refused', onRefused);
  // No stream of this name takes it; everywhere else it is no request.
  const nothing = headers();
  nothing.set('Nats-Expected-Stream', '-');
  for (const pattern of patterns) link.connection.publish(probeOf(pattern), '', { headers: nothing });
  const inbox = createInbox();
  const subscription = link.connection.subscribe(inbox, { callback: () => {} });
  await link.answer(link.connection.flush());
  await setImmediate(); // the link hears of a refusal behind its arrival
  link.off('refused', onRefused);
  subscription.unsubscribe();
  const notPublished = patterns.filter((pattern) => refused.has(probeOf(pattern)));
  const told = [
    ...(notPublished.length > 0 ? [`publish to ${notPublished.join(', ')}`] : []),
    ...(refused.has(inbox) ? [`subscribe to ${INBOXES}`] : []),
  ];
  if (told.length > 0) throw new Error(`the user of --broker may not ${told.join(', nor ')}; ${SEE}`);
}

/** Whether the broker does not allow it to the user. */
export function isRefusal(error: unknown): boolean {
  return error instanceof PermissionViolationError || (error instanceof Error && isRefusal(error.cause));
}

const probeOf = (pattern: string): string => pattern.replaceAll(/[*>]/g, 'probe');
