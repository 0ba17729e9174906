import { asText } from 'grpc-program/server';

/** Prints lines on stdout and, on a terminal, a last line on stderr that shows the progress. */
export class Screen {
  #progress = '';

  readonly log = (line: string): void => {
    this.#show('');
    console.log(asText(line));
    this.#show(this.#progress);
  };

  readonly progress = (text: string): void => {
    this.#progress = text;
    this.#show(text);
  };

  #show(text: string): void {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  }
}
