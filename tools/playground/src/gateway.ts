import { MISHAPS } from '@grpc-by-example/demo/examples';
import { Fold, noteOf, type TraceEvent } from 'stream-trace';
import type { WebSocket } from 'ws';
import { type Command, readCommand } from './command.ts';
import { firstMessage, type PlayedExample, sourceOf } from './examples.ts';
import { LiveCall } from './live-call.ts';
import { readMessage } from './message.ts';
import type { Audience, Stage } from './stage.ts';

const FRAME_MS = 40;
/** A page that does not keep up gets no more events, and is told how many it has missed. */
const MOST_BACKLOG = 2 ** 20;

/** Lets one page drive one example: does what the page asks, and tells it what happens. */
export function attach(socket: WebSocket, example: PlayedExample, stage: Stage): void {
  let call: LiveCall | undefined;
  let calls = 0;
  let isPlaying = false;
  let missed = 0;
  let waiting = 0;
  const fold = new Fold();
  const post = (message: object) => socket.send(JSON.stringify(message));
  const record = (event: TraceEvent) => {
    if (socket.bufferedAmount > MOST_BACKLOG) missed += event.times ?? 1;
    else fold.add(event);
  };
  const tellEvents = () => {
    if (missed > 0 && socket.bufferedAmount === 0) {
      fold.add(noteOf('client', `this page was too slow, and has missed ${missed.toLocaleString('en')} events`));
      missed = 0;
    }
    const events = fold.take();
    if (events.length === 0 && waiting === (call?.waiting ?? 0)) return;
    waiting = call?.waiting ?? 0;
    post({ events, waiting });
  };
  const frames = setInterval(tellEvents, FRAME_MS);
  const member: Audience = {
    event: record,
    state(server, clients) {
      tellEvents(); // those before it
      post({ server, clients, ...(stage.address && { address: stage.address }) });
    },
  };
  stage.audience.add(member);
  post({ example: describe(example) });
  stage.announce();
  stage.start();

  socket.on('message', (data) => {
    try {
      perform(readCommand(String(data), example));
    } catch (error) {
      post({ problem: error instanceof Error ? error.message : String(error) });
    }
  });
  socket.on('error', () => {}); // it closes then
  // To close the page is to cancel its call.
  socket.on('close', () => {
    clearInterval(frames);
    stage.audience.delete(member);
    call?.cancel();
  });

  function perform(command: Command): void {
    switch (command.do) {
      case 'server':
        ({
          start: () => stage.start(),
          stop: () => stage.stop(),
          kill: () => stage.kill(),
          freeze: () => stage.freeze(),
          thaw: () => stage.thaw(),
          'start over': () => void stage.startOver(),
          'start client': () => stage.startClient(),
          'kill client': () => stage.killClient(),
        })[command.act]();
        break;
      case 'open':
        open(command);
        break;
      case 'send': {
        const { message, bytes, count } = command;
        const theirs = theCall();
        theirs.send(readMessage(theirs.method, message), bytes, count);
        break;
      }
      case 'call': {
        const theirs = theCall();
        ({
          'half-close': () => theirs.halfClose(),
          cancel: () => theirs.cancel(),
          'stop reading': () => theirs.stopReading(),
          read: () => theirs.read(),
        })[command.act]();
        post({ isReading: theirs.isReading });
        break;
      }
      case 'what if':
        void playWhatIf(command.name);
    }
  }

  function open({ method, request, deadlineMs }: Command & { do: 'open' }): void {
    if (!stage.address) throw new Error('the server has not started yet');
    call?.cancel();
    const number = ++calls;
    call = new LiveCall(stage.address, method, { request, deadlineMs }, (event) => {
      if (event.event === 'open' && number === calls) post({ mine: event.call, isReading: true });
      // What this page does is of interest to the others, and the other way round.
      for (const member of stage.audience) member.event(event);
    });
  }

  /** In this process, as the demo does. */
  async function playWhatIf(name: keyof typeof MISHAPS): Promise<void> {
    if (isPlaying) return post({ problem: 'one is being played' });
    setPlaying(true);
    const { WHAT_IFS } = await import('@grpc-by-example/demo/what-if');
    await WHAT_IFS[name]({
      title: (title) => post({ title }),
      draw: (event) => {
        if (event.event === 'open' && event.side === 'client') post({ mine: event.call });
        record(event);
      },
      flush: () => {},
    }).catch((error: unknown) => post({ problem: String(error) }));
    setPlaying(false); // later than its call has ended: the server has stopped too
  }

  function setPlaying(is: boolean): void {
    isPlaying = is;
    tellEvents(); // those before it
    post({ isPlaying });
  }

  function theCall(): LiveCall {
    if (!call) throw new Error('open a call first');
    return call;
  }
}

/** What a page knows of its example. */
function describe(example: PlayedExample) {
  return {
    name: example.name,
    methods: [...example.methods.values()].map(({ path, requestStream, responseStream }) => ({
      ...{ path, requestStream, responseStream },
      message: firstMessage(example, path),
    })),
    hasPrograms: example.client !== undefined,
    whatIfs: example.whatIfs ? MISHAPS : {},
    tasks: (example.tasks ?? []).map((task) => ({
      ...task,
      path: `${example.folder}/${task.source}`,
      code: sourceOf(example, task),
    })),
  };
}
