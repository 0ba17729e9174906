// Plays one mishap between a server and a client, each from the file given, and prints the outcome:
// `main.ts MISHAP SERVER_FILE CLIENT_FILE`.
import { pathToFileURL } from 'node:url';
import type * as ClientModule from './chat-client.ts';
import type * as ServerModule from './chat-server.ts';
import { play } from './play.ts';

const [mishap = '', serverFile = '', clientFile = ''] = process.argv.slice(2);
const { chatByEvents: serve } = (await import(pathToFileURL(serverFile).href)) as typeof ServerModule;
const { chatByEvents: chat } = (await import(pathToFileURL(clientFile).href)) as typeof ClientModule;

console.log(await play(mishap, { serve, chat }));
process.exit();
