import type { TraceEvent } from 'stream-trace/picture';
import { byId, choiceOf, setOptions } from './dom.ts';
import { Gauges } from './gauges.ts';
import { PictureRecord } from './record.ts';
import { Tasks } from './tasks.ts';
import type { Method, Told } from './told.ts';

/** In which states of the server each button is of use. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  start: ['stopped'],
  stop: ['running', 'frozen'],
  kill: ['running', 'frozen', 'stopping'],
  freeze: ['running'],
  thaw: ['frozen'],
};

const record = new PictureRecord();
const gauges = new Gauges();
const tasks = new Tasks(ask, () => record.text, begin);
let socket: WebSocket | undefined;
let methods: readonly Method[] = [];
/** The call of this page that the gauges count. */
let current = '';

const wanted = new URLSearchParams(location.search).get('example');
byId<HTMLSelectElement>('example').value = wanted ?? 'chat';
connect();

function connect(): void {
  socket?.close();
  const example = choiceOf('example');
  history.replaceState(null, '', `?${new URLSearchParams({ example })}${location.hash}`);
  byId<HTMLAnchorElement>('tab').href = location.href;
  document.body.dataset.state = 'connecting';
  const opened = new WebSocket(`ws://${location.host}/?${new URLSearchParams({ example })}`, [
    'playground',
    location.hash.slice(1) || 'none',
  ]);
  socket = opened;
  current = '';
  gauges.reset();
  clear();
  say('No call yet.');
  opened.onmessage = ({ data }) => {
    if (socket === opened) hear(JSON.parse(String(data)) as Told);
  };
  opened.onclose = () => {
    if (socket !== opened) return;
    document.body.dataset.state = 'closed';
    say('The playground has ended, or this address is not the one that it has printed.', true);
  };
}

function ask(command: object): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command));
}

function hear({ example, server, address, clients = 0, events = [], ...told }: Told): void {
  const { waiting, mine, isReading, title, isPlaying, problem } = told;
  if (example) meet(example);
  if (server) showServer(server, address, clients);
  if (mine) {
    current = mine;
    record.own(mine);
    gauges.reset();
    say('The call is open.');
  }
  if (isReading !== undefined) setReading(isReading);
  if (title) byId('title').textContent = title;
  if (isPlaying !== undefined) byId<HTMLButtonElement>('play').disabled = isPlaying;
  if (problem) say(`Not done: ${problem}.`, true);
  if (waiting !== undefined) gauges.setWaiting(waiting);
  for (const event of events) take(event);
  gauges.show();
}

function meet({ name, hasPrograms, whatIfs, ...known }: NonNullable<Told['example']>): void {
  methods = known.methods;
  setOptions(
    'method',
    methods.map(({ path }) => [path, path]),
  );
  setOptions(
    'mishap',
    Object.entries(whatIfs).map(([name, text]) => [name, `${name}: ${text}`] as const),
  );
  byId<HTMLButtonElement>('play').disabled = false;
  byId('what-if').hidden = Object.keys(whatIfs).length === 0;
  byId('programs').hidden = !hasPrograms;
  record.callers = hasPrograms ? 'worker' : 'other';
  tasks.set(known.tasks);
  choose();
  document.body.dataset.state = name;
}

function showServer(state: string, address: string | undefined, clients: number): void {
  byId('server').textContent = `server: ${state}${address ? `, ${address}` : ''}`;
  byId('server').dataset.state = state;
  byId('clients').textContent = `${clients} running`;
  for (const [act, states] of Object.entries(MAY)) {
    const button = document.querySelector<HTMLButtonElement>(`[data-server="${act}"]`);
    if (button) button.disabled = !states.includes(state);
  }
}

function take(event: TraceEvent): void {
  record.add(event);
  if (event.call !== current || current === '') return;
  gauges.take(event);
  if (event.side === 'client' && event.event === 'status') {
    say(`The call has ended: ${event.text}`, event.text !== 'OK');
  }
}

function say(text: string, isBad = false): void {
  byId('status').textContent = text;
  byId('status').classList.toggle('bad', isBad);
}

function clear(): void {
  record.clear();
  byId('title').textContent = 'What both sides saw';
}

/** Begins anew, with a server that runs. */
async function begin(): Promise<void> {
  if (current) ask({ do: 'call', act: 'cancel' });
  record.forget(current);
  const { dataset } = byId('server');
  while (dataset.state !== 'running') {
    if (dataset.state === 'stopped') ask({ do: 'server', act: 'start' });
    if (dataset.state === 'frozen') ask({ do: 'server', act: 'thaw' });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  clear();
}

/** A method has been chosen. */
function choose(): void {
  const method = methods.find(({ path }) => path === choiceOf('method'));
  byId<HTMLTextAreaElement>('message').value = method?.message ?? '{}';
  byId<HTMLButtonElement>('send').disabled = !method?.requestStream;
  byId('open').textContent = method?.requestStream ? 'Open the call' : 'Call with this message';
}

function setReading(isReading: boolean): void {
  byId('reading').setAttribute('aria-pressed', `${!isReading}`);
  byId('reading').textContent = isReading ? 'Stop reading' : 'Read again';
}

byId('example').onchange = connect;
byId('method').onchange = choose;
byId('others').onchange = () => record.redraw();
byId('as-table').ontoggle = () => record.redraw();
byId('clear').onclick = clear;
byId('open').onclick = () => {
  const deadline = byId<HTMLInputElement>('deadline');
  if (!deadline.reportValidity()) return;
  ask({
    do: 'open',
    method: choiceOf('method'),
    message: choiceOf('message'),
    deadlineMs: Number(deadline.value) || undefined,
  });
};
byId('call').onsubmit = (event) => {
  event.preventDefault();
  ask({ do: 'send', message: choiceOf('message'), bytes: Number(choiceOf('bytes')), count: Number(choiceOf('count')) });
};
byId('reading').onclick = () => {
  const hasStopped = byId('reading').getAttribute('aria-pressed') === 'true';
  ask({ do: 'call', act: hasStopped ? 'read' : 'stop reading' });
};
byId('what-if').onsubmit = (event) => {
  event.preventDefault();
  clear();
  ask({ do: 'what if', name: choiceOf('mishap') });
};
for (const button of document.querySelectorAll<HTMLElement>('[data-call]')) {
  button.onclick = () => ask({ do: 'call', act: button.dataset.call });
}
for (const button of document.querySelectorAll<HTMLElement>('[data-server]')) {
  button.onclick = () => ask({ do: 'server', act: button.dataset.server });
}
addEventListener('resize', () => record.redraw());
