import { createHash } from 'node:crypto';

/**
 * The subject of a topic. NATS gives dots, stars and spaces a meaning, and takes no subject of more than 4 KB; a topic may
 * be any text. Of its digest, two topics never have the same one, and nobody who sees it can read the topic.
 */
export function subjectOf(stream: string, topic: string): string {
  return `${stream}.${createHash('sha256').update(topic).digest('hex')}`;
}
