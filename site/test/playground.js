import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Starts `pnpm play`, without pnpm. */
export async function startPlayground() {
  const program = join(root, 'packages/run-typescript/bin/run-typescript.js');
  const child = spawn(process.execPath, [program, join(root, 'tools/playground/src/main.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let printed = '';
  const url = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      const found = printed.match(/^Open this page: (\S+)\n/m);
      if (found) resolve(found[1]);
    });
    child.once('close', () => reject(new Error(`the playground has ended: ${printed}`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGINT');
      return ended;
    },
  };
}

/**
 * A page of the playground, as a user has it before them.
 *
 * Whatever it waits for is a state of the page, never a time.
 */
export class PlayPage {
  /** What has gone wrong on the page. */
  faults = [];

  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && this.faults.push(message.text()));
  }

  /**
   * @param {import('playwright-core').BrowserContext} context
   * @param {string} url
   */
  static async open(context, url, example = 'chat') {
    const page = new PlayPage(await context.newPage());
    const [base, token] = url.split('#');
    await page.page.goto(`${base}?${new URLSearchParams({ example })}#${token}`);
    await page.page.waitForSelector(`body[data-state="${example}"]`);
    await page.serverIs('running');
    return page;
  }

  click(selector) {
    return this.page.click(selector);
  }

  serverIs(state) {
    return this.page.waitForSelector(`#server[data-state=${state}]`);
  }

  /** Sends a message, or many. */
  async send({ message, bytes = '0', count = '1' } = {}) {
    if (message) await this.page.fill('#message', JSON.stringify(message));
    await this.page.selectOption('#bytes', bytes);
    await this.page.selectOption('#count', count);
    await this.page.click('#send');
  }

  /** Waits until the picture shows it. */
  async sees(pattern) {
    await this.#has('#picture', pattern);
  }

  /** Waits until the status line says it. */
  async says(pattern) {
    await this.#has('#status', pattern);
  }

  /** Which play of a task was the last whose answer was told. */
  played() {
    return this.page.$eval('#answer', ({ dataset }) => Number(dataset.plays ?? 0));
  }

  /** Waits for the answer of another play. */
  async hasPlayed(before) {
    const isSo = (before) => Number(document.querySelector('#answer').dataset.plays ?? 0) > before;
    await this.page.waitForFunction(isSo, before);
  }

  async answers(pattern) {
    await this.#has('#answer', pattern);
  }

  /** What the table says, a text for each line, once it has the status that the server sent, and that it arrived. */
  async rows() {
    const read = () => {
      const texts = [...document.querySelectorAll('#rows tr')].map((row) => row.cells[2].textContent);
      return texts.includes('status OK') && texts;
    };
    return (await this.page.waitForFunction(read)).jsonValue();
  }

  async #has(selector, pattern) {
    const isSo = ([selector, source]) => new RegExp(source).test(document.querySelector(selector)?.textContent ?? '');
    await this.page.waitForFunction(isSo, [selector, pattern.source]);
  }

  /** The text of a gauge. */
  gauge(name) {
    return this.page.textContent(`#${name}`);
  }

  /** Waits until the gauge is so. */
  async gaugeIs(name, pattern) {
    await this.#has(`#${name}`, pattern);
  }

  /** Waits until no gauge moves any more, which it has seen so many times in a row. */
  async stands() {
    const read = () => this.page.textContent('#gauges tbody');
    for (let [before, same] = [await read(), 0]; same < 10; ) {
      await this.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
      const now = await read();
      same = now === before ? same + 1 : 0;
      before = now;
    }
  }

  async close() {
    await this.page.close();
  }
}
