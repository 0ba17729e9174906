import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { playedExamples } from './examples.ts';
import { attach } from './gateway.ts';
import { type PageFiles, pageFiles } from './page-files.ts';
import { Stage } from './stage.ts';

const MOST_PAGES = 16;
const MOST_COMMAND_BYTES = 64 * 1_024;
/** A request that takes longer is no page's. */
const REQUEST_MS = 10_000;

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export interface Playground {
  /** Its fragment is the token that lets a page in; a browser sends that nowhere. */
  readonly url: string;
  /** Ends every program that it has started. */
  close(): Promise<void>;
}

/**
 * Serves the page, and lets it drive the examples: on loopback only, and only for who has the token.
 *
 * @throws Error with the code EADDRINUSE when the port is taken
 */
export async function startPlayground(port = 0): Promise<Playground> {
  const token = randomBytes(16).toString('hex');
  const examples = playedExamples();
  const files = await pageFiles(examples.map(({ name }) => name));
  const stages = new Map(examples.map((example) => [example.name, { example, stage: new Stage(example) }]));
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) =>
    serveFile(files, ownHosts(), request, response),
  );
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_COMMAND_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => 'playground',
  });
  const ownHosts = () => ['127.0.0.1', 'localhost'].map((host) => `${host}:${(server.address() as AddressInfo).port}`);

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    // Not by URL, which throws at some of what may stand there.
    const query = new URLSearchParams(request.url?.split('?')[1]);
    const played = stages.get(query.get('example') ?? '');
    if (!played || !isOwnPage(request, ownHosts()) || !hasToken(request, token)) return refuse(socket, '403 Forbidden');
    if (sockets.clients.size >= MOST_PAGES) return refuse(socket, '503 Service Unavailable');
    sockets.handleUpgrade(request, socket, head, (page: WebSocket) => attach(page, played.example, played.stage));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/#${token}`,
    close: async () => {
      for (const page of sockets.clients) page.terminate();
      server.close();
      server.closeAllConnections();
      await Promise.all([...stages.values()].map(({ stage }) => stage.close()));
    },
  };
}

function refuse(socket: { end(text: string): unknown }, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Any page of the web may open a WebSocket to this machine, and by a name of its own too; these headers tell. */
function isOwnPage({ headers: { host = '', origin } }: IncomingMessage, ownHosts: readonly string[]): boolean {
  return ownHosts.includes(host) && origin === `http://${host}`;
}

/** A page cannot set other headers of a WebSocket than its protocols. */
function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const [, given = ''] = (headers['sec-websocket-protocol'] ?? '').split(/, */);
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function serveFile(files: PageFiles, ownHosts: readonly string[], request: IncomingMessage, response: ServerResponse) {
  const isAsked = request.method === 'GET' && ownHosts.includes(request.headers.host ?? '');
  // The page is the same for every example; which one it shows is for its script.
  const file = isAsked && files.get(request.url?.split('?')[0] ?? '');
  if (file) response.writeHead(200, { ...HEADERS, 'content-type': file.type }).end(file.body);
  else response.writeHead(404, HEADERS).end();
}
