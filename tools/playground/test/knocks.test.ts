import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { nobodyListens, Program, programCommand, run, stopLater } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';

const main = join(import.meta.dirname, '../src/main.ts');

/** A playground, and what its one URL says. */
async function play() {
  const program = new Program(programCommand(main));
  stopLater(() => program[Symbol.asyncDispose]());
  const [, host = '', token = ''] = await program.prints(/^Open this page: http:\/\/(\S+)\/#([\da-f]{32})\n/);
  return { program, host, token, port: Number(host.split(':')[1]) };
}

/** Sends a request as anybody may write it; gives the status, or nothing when the connection is just closed. */
async function knock(port: number, request: string, headers: Record<string, string>): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const lines = Object.entries({ ...headers, connection: headers.connection ?? 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.end(`${request} HTTP/1.1\r\n${lines.join('')}\r\n`);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  socket.on('error', () => {});
  await once(socket, 'close');
  return answer.split(' ')[1] ?? '';
}

/** A page's socket, and what it is told: the ports of servers among it. */
async function openPage({ host, token }: Awaited<ReturnType<typeof play>>, example = 'chat') {
  const socket = new WebSocket(`ws://${host}/?example=${example}`, ['playground', token], { origin: `http://${host}` });
  stopLater(() => socket.terminate());
  const told: Record<string, unknown>[] = [];
  socket.on('message', (data) => told.push(JSON.parse(String(data))));
  const tells = async (isSo: (message: Record<string, unknown>) => boolean) => {
    for (;;) {
      const found = told.find(isSo);
      if (found) return found;
      await once(socket, 'message');
    }
  };
  const { address } = await tells(({ server }) => server === 'running');
  return { socket, tells, serverPort: Number(String(address).split(':')[1]) };
}

test.concurrent('who is no page of this playground is refused', async () => {
  const { host, token, port } = await play();
  const upgrade = {
    host,
    origin: `http://${host}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    'sec-websocket-protocol': `playground, ${token}`,
  };
  const knocks: [string, string, Record<string, string>][] = [
    ['GET /?example=chat', '101', upgrade],
    ['GET /?example=chat', '403', { ...upgrade, origin: 'https://evil.example' }],
    ['GET /?example=chat', '403', { ...upgrade, origin: 'http://127.0.0.1:1' }],
    ['GET /?example=chat', '403', { ...upgrade, origin: '' }],
    // A name of somebody else's that leads here.
    ['GET /?example=chat', '403', { ...upgrade, host: `evil.example:${port}`, origin: `http://evil.example:${port}` }],
    ['GET /?example=chat', '403', { ...upgrade, 'sec-websocket-protocol': `playground, ${'0'.repeat(32)}` }],
    ['GET /?example=chat', '403', { ...upgrade, 'sec-websocket-protocol': `playground, ${'é'.repeat(32)}` }],
    ['GET /?example=chat', '403', { ...upgrade, 'sec-websocket-protocol': 'playground' }],
    ['GET /?example=../../etc', '403', upgrade],
    ['GET /?example=__proto__', '403', upgrade],
    ['GET //', '403', upgrade],
    ['GET /', '200', { host }],
    ['GET /?example=chat', '200', { host: `localhost:${port}` }],
    ['GET /', '404', { host: `evil.example:${port}` }],
    ['GET /', '400', {}],
    ['POST /', '404', { host }],
    ['GET /main.ts', '404', { host }],
    ['GET /../package.json', '404', { host }],
    ['GET //', '404', { host }],
  ];
  const statuses = await Promise.all(knocks.map(([request, , headers]) => knock(port, request, headers)));
  expect(knocks.map(([request], n) => `${request}: ${statuses[n]}`)).toEqual(
    knocks.map(([request, status]) => `${request}: ${status}`),
  );
});

test.concurrent('the page says what it may load, and there is a limit to pages and to commands', async () => {
  const playground = await play();
  const { headers } = await fetch(`http://${playground.host}/`);
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  const { socket } = await openPage(playground);
  socket.send('x'.repeat(70_000));
  expect((await once(socket, 'close'))[0]).toBe(1_009);

  const pages = Array.from({ length: 17 }, () => {
    const page = new WebSocket(`ws://${playground.host}/?example=calc`, ['playground', playground.token], {
      origin: `http://${playground.host}`,
    });
    stopLater(() => page.terminate());
    return new Promise((resolve) => page.once('open', () => resolve('open')).once('error', () => resolve('refused')));
  });
  const became = await Promise.all(pages);
  expect(became.filter((what) => what === 'open')).toHaveLength(16);
});

test.concurrent.for(['SIGINT', 'SIGKILL'] as const)(
  '%s ends the playground and every server of its',
  async (signal) => {
    const playground = await play();
    const [chat, calc] = await Promise.all([openPage(playground), openPage(playground, 'calc')]);
    // One that is frozen hears nothing of it.
    calc.socket.send('{"do":"server","act":"freeze"}');
    await calc.tells(({ server }) => server === 'frozen');
    process.kill(playground.program.pid, signal);
    expect(await playground.program.ended).toBe(signal === 'SIGINT' ? 0 : signal);
    for (const port of [playground.port, chat.serverPort, calc.serverPort]) await nobodyListens(port);
  },
);

test.concurrent('whoever runs it is killed: it ends by itself', async () => {
  const shell = new Program(['sh', '-c', '"$@"; true', 'sh', ...programCommand(main)]);
  stopLater(() => shell[Symbol.asyncDispose]());
  const [, port = ''] = await shell.prints(/http:\/\/127\.0\.0\.1:(\d+)/);
  process.kill(shell.pid, 'SIGKILL');
  await nobodyListens(Number(port));
});

test.concurrent('a port that is in use is told in one line, and so is a wrong one', async () => {
  const { port } = await play();
  const { exit, stderr } = await run(programCommand(main, '--port', `${port}`));
  expect({ exit, stderr }).toEqual({
    exit: 1,
    stderr: `Error: 127.0.0.1:${port} is in use; choose another port with --port\n`,
  });
  expect((await run(programCommand(main, '--port', 'abc'))).exit).toBe(2);
});
