import { posix } from 'node:path';

/**
 * The pages, in the order of the course: that of the tables in the README and in docs/README.md.
 *
 * @param {import('./repository.js').Repository} repository
 * @returns {{ title: string, pages: string[] }[]} each with the paths of its pages in the repository
 */
export function courseOf(repository) {
  const docs = linksOf(repository.read('docs/README.md')).map((path) => `docs/${path}`);
  const [primer, ...others] = docs.filter((path) => path.endsWith('.md') && repository.isFile(path));
  const examples = linksOf(repository.read('README.md'))
    .filter((path) => repository.isFile(`${path}/README.md`) && /^examples\/[^/]+$/.test(path))
    .flatMap((path) => [
      `${path}/README.md`,
      ...repository.files.filter((file) => isBeside(file, path) || file === `${path}/exercise/README.md`),
    ]);
  const packages = repository.files.filter((file) => /^packages\/[^/]+\/README\.md$/.test(file));
  const parts = [
    { title: 'Start', pages: ['README.md', primer] },
    { title: 'Examples', pages: [...new Set(examples)] },
    { title: 'What they have in common', pages: ['docs/README.md', ...new Set(others)] },
    { title: 'Packages', pages: packages.reverse() },
  ];
  const all = new Set(parts.flatMap(({ pages }) => pages));
  const forgotten = repository.files.filter((file) => /^docs\/[^/]+\.md$/.test(file) && !all.has(file));
  if (forgotten.length > 0) throw new Error(`no table of docs/README.md leads to ${forgotten.join(', ')}`);
  return parts;
}

/** The other pages of an example. */
const isBeside = (file, folder) => posix.dirname(file) === folder && /(?<!README)\.md$/.test(file);

/** Where the first cells of the tables lead to. */
function linksOf(text) {
  const cells = text.match(/^\| .*?(?= \|)/gm) ?? [];
  return cells.flatMap((cell) => [...cell.matchAll(/\]\(([^)#]+)\)/g)].map(([, path]) => path));
}

/** The same in another language or library, beside a block of a walkthrough. All of it is run by tests. */
export const TABS = {
  'examples/bidirectional-chat/server/src/chat.ts': [
    { title: 'plain grpc-js', path: 'docs/src/events/chat-server.ts' },
    { title: 'Rust', path: 'tools/interop/peers/rust/src/bin/server.rs', region: 'chat' },
  ],
  'examples/bidirectional-chat/client/src/chat.ts': [
    { title: 'plain grpc-js', path: 'docs/src/events/chat-client.ts' },
    { title: 'Python', path: 'tools/interop/peers/python/walkthrough/chat_client.py' },
  ],
  'examples/message-stream/server/src/message-service.ts#two tasks': [
    { title: 'Rust, as the original', path: 'tools/interop/peers/rust/src/bin/document.rs', region: 'server' },
    { title: 'Rust, by this contract', path: 'tools/interop/peers/rust/src/bin/server.rs', region: 'messages' },
  ],
  'examples/message-stream/client/src/stream-messages.ts#read while ticking': [
    { title: 'Rust, as the original', path: 'tools/interop/peers/rust/src/bin/document.rs', region: 'client' },
  ],
  'examples/job-stream/server/src/job-service.ts#send': [
    { title: 'Rust', path: 'tools/interop/peers/rust/src/bin/server.rs', region: 'jobs' },
  ],
};
