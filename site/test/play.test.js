import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noBrowser, startBrowser } from './browser.js';
import { contrasts } from './contrasts.js';
import { PlayPage, startPlayground } from './playground.js';

const EXAMPLES = ['calc', 'chat', 'chat room', 'call', 'datahub', 'message', 'jobs'];

if (noBrowser) console.log(`skipped: the page of pnpm play: ${noBrowser}`);

describe('the page of pnpm play', { skip: noBrowser ?? false }, () => {
  let playground;
  let browser;

  before(async () => {
    [playground, browser] = await Promise.all([startPlayground(), startBrowser()]);
  });
  after(async () => {
    await browser?.close();
    assert.equal(await playground?.stop(), 0);
  });

  /** A page that is closed after the test, and on which nothing may have gone wrong. */
  async function open(t, example) {
    const page = await PlayPage.open(browser.context, playground.url, example);
    t.after(async () => {
      await page.close();
      assert.deepEqual(page.faults, []);
    });
    return page;
  }

  test('a call: what one says comes back, and the half-close ends it', async (t) => {
    const page = await open(t);
    await page.click('#open');
    await page.send({ message: { name: 'Ann', message: 'Hello' } });
    await page.sees(/Ann: Hello/);
    await page.click('[data-call="half-close"]');
    await page.says(/^The call has ended: OK$/);
    await page.sees(/status OK/);
    for (const [gauge, text] of [
      ['up-read', '1'],
      ['down-read', '1'],
      ['down-flying', '0'],
    ]) {
      await page.gaugeIs(gauge, new RegExp(`^${text}$`));
    }
  });

  test('all of it by keyboard, and the table says what the picture shows', async (t) => {
    const page = await open(t);
    const { keyboard } = page.page;
    await page.page.focus('#open');
    await keyboard.press('Enter');
    await page.says(/open/);
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await page.sees(/Sam: Hi/);
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await page.says(/OK/);
    await page.page.focus('#as-table summary');
    await keyboard.press('Enter');
    const rows = await page.rows();
    assert.deepEqual(
      rows.filter((row) => !/listens on/.test(row)),
      ['open /Chat/chat', 'Sam, Hi', 'Sam: Hi', 'half-close', 'status OK'],
    );
    const picture = await page.page.textContent('#picture');
    assert.deepEqual(
      rows.filter((row) => !picture.includes(row)),
      [],
    );
  });

  test('a cancel and a deadline: what the server sees of them', async (t) => {
    const page = await open(t, 'datahub');
    await page.page.selectOption('#method', '/MsgBroker.Egress/GetDataPackagesStream');
    await page.click('#open');
    await page.sees(/Temperature/);
    await page.click('[data-call="cancel"]');
    await page.says(/CANCELLED/);
    await page.sees(/signal: CANCELLED/);
    const gauges = ['up-waiting', 'up-flying', 'up-unread', 'up-read'].map((name) => page.gauge(name));
    assert.deepEqual(await Promise.all(gauges), ['0', '0', '0', '1']);
    await page.page.fill('#deadline', '300');
    await page.click('#open');
    await page.says(/DEADLINE_EXCEEDED|CANCELLED/);
    await page.sees(/signal: .*(signal: |DEADLINE)/);
  });

  test('wrong input is told, and so is a message that is too large', async (t) => {
    const page = await open(t);
    await page.click('#send');
    await page.says(/open a call first/);
    await page.click('#open');
    await page.says(/open/);
    await page.page.fill('#message', '{"nme": "Sam"}');
    await page.click('#send');
    await page.says(/no field "nme", but name, message/);
    await page.page.fill('#message', '{');
    await page.click('#send');
    await page.says(/is no JSON/);
    await page.send({ message: { name: 'Sam', message: 'Hi' }, bytes: '5242880' });
    await page.says(/RESOURCE_EXHAUSTED/);
  });

  test('stop reading, send 100 × 16 KiB: where every message is', async (t) => {
    const page = await open(t);
    await page.click('#open');
    await page.says(/open/);
    await page.click('#reading');
    await page.sees(/stops reading/);
    await page.send({ bytes: '16384', count: '100' });
    await page.gaugeIs('up-waits', /yes/);
    await page.gaugeIs('down-waits', /yes/);
    // What waits may have waited for a busy machine, and go on.
    for (const reader of ['up', 'down']) await page.gaugeIs(`${reader}-unread`, /^16 /);
    await page.stands();
    const count = async (name) => Number.parseInt(await page.gauge(name), 10);
    const [waiting, upFlying, upUnread, upRead] = await Promise.all(
      ['up-waiting', 'up-flying', 'up-unread', 'up-read'].map(count),
    );
    const [downFlying, downUnread, downRead] = await Promise.all(
      ['down-flying', 'down-unread', 'down-read'].map(count),
    );
    // As docs/back-pressure.md has it: 17 at the reader, of which this page has one in its hand, or none yet; the window
    // of 64 KiB; and as much in the transport of the sender.
    assert.equal(waiting + upFlying + upUnread + upRead, 100);
    assert.equal(downUnread, 16);
    assert.ok(downRead <= 1, `${downRead} read`);
    assert.equal(upUnread, 16);
    for (const flying of [upFlying, downFlying]) assert.ok(flying >= 4 && flying <= 10, `${flying} on their way`);
    assert.equal(upRead, downFlying + downUnread + downRead);
    await page.sees(/16 not read yet/);

    await page.click('#reading');
    await page.click('[data-call="half-close"]');
    await page.says(/ended: OK/);
    await page.gaugeIs('down-read', /^100$/);
    await page.gaugeIs('up-read', /^100$/);
    await page.gaugeIs('up-waiting', /^0$/);
  });

  test('the server stops, is killed, freezes and thaws, and starts again', async (t) => {
    const page = await open(t);
    const say = async () => {
      await page.click('#clear');
      await page.click('#open');
      await page.send();
      await page.sees(/Sam: Hi/);
    };
    await say();
    await page.click('[data-server="stop"]');
    await page.says(/UNAVAILABLE: server is shutting down/);
    await page.sees(/signal: UNAVAILABLE/);
    await page.serverIs('stopped');
    await page.click('[data-server="start"]');
    await page.serverIs('running');

    await say();
    await page.click('[data-server="freeze"]');
    await page.serverIs('frozen');
    await page.send({ count: '10' });
    await page.gaugeIs('up-flying', /^10 /);
    await page.sees(/on their way/);
    await page.click('[data-server="thaw"]');
    await page.gaugeIs('up-flying', /^0$/);
    await page.gaugeIs('down-read', /^11$/);

    await page.click('[data-server="kill"]');
    await page.says(/UNAVAILABLE|ended/);
    await page.sees(/was killed \(SIGKILL\)/);
    await page.serverIs('stopped');
    await page.click('[data-server="start"]');
    await page.serverIs('running');
  });

  test('two tabs are in one room, and to close one is to leave', async (t) => {
    const [ann, bob] = [await open(t, 'chat room'), await PlayPage.open(browser.context, playground.url, 'chat room')];
    await ann.click('#open');
    await bob.click('#open');
    await Promise.all([ann.says(/open/), bob.says(/open/)]);
    await ann.send({ message: { name: 'Ann', message: 'Hello Bob' } });
    await bob.sees(/Ann: Hello Bob/);
    await bob.send({ message: { name: 'Bob', message: 'Hello Ann' } });
    await ann.sees(/Bob: Hello Ann/);
    await ann.sees(/you.*other 1/);
    await bob.close();
    await ann.sees(/Bob left the chat/);
  });

  test('jobs: a lane for each worker, and one is killed', async (t) => {
    const page = await open(t, 'jobs');
    for (let n = 0; n < 3; n++) await page.click('[data-server="start client"]');
    await page.sees(/worker 1.*worker 2.*worker 3/);
    // One that the master does not know yet cannot be lost.
    await page.sees(/worker 3 has joined/);
    await page.sees(/job_reply \{map-/);
    await page.click('[data-server="kill client"]');
    await page.sees(/is lost/);
  });

  for (const example of EXAMPLES) {
    test(`every task of ${example} is played, and its answer told`, async (t) => {
      const page = await open(t, example);
      const tasks = await page.page.$$eval('#task option', (options) => options.map(({ value }) => value));
      assert.ok(tasks.length >= 2);
      for (const task of tasks) {
        await page.page.selectOption('#task', task);
        const choices = await page.page.$$('#choices input');
        assert.ok(await page.page.isDisabled('#press'));
        // One that is wrong is told the right one.
        for (const choice of choices) {
          if (await page.page.evaluate(() => /^Yes/.test(document.querySelector('#answer').textContent))) break;
          await choice.check();
          const before = await page.played();
          await page.click('#press');
          await page.hasPlayed(before);
          await page.answers(/^(Yes\.|No: ).{20}/);
        }
        await page.answers(/^Yes\. /);
        assert.ok((await page.page.textContent('#code')).length > 20);
      }
    });
  }

  test('every mishap of the demo is played', async (t) => {
    const page = await open(t);
    const mishaps = await page.page.$$eval('#mishap option', (options) => options.map(({ value }) => value));
    assert.deepEqual(mishaps, ['cancel', 'deadline', 'slow-reader', 'server-stop', 'error']);
    const shows = {
      cancel: /cancel/,
      deadline: /DEADLINE_EXCEEDED/,
      'slow-reader': /send waits: .*begins to read.*send goes on.*status OK/,
      'server-stop': /signal: UNAVAILABLE.*status UNAVAILABLE/,
      error: /status FAILED_PRECONDITION.*reads answer 5 of 5/,
    };
    for (const mishap of mishaps) {
      await page.page.selectOption('#mishap', mishap);
      await page.click('#what-if button');
      await page.page.waitForFunction(() => document.querySelector('#title').textContent !== 'What both sides saw');
      await page.says(/ended/);
      await page.sees(shows[mishap]);
      await page.page.waitForFunction(() => /ended|status/.test(document.querySelector('#picture').textContent));
    }
  });

  test('100,000 messages are a picture that is never large, and never blank', async (t) => {
    const page = await open(t);
    await page.click('#open');
    await page.says(/open/);
    await page.page.evaluate(() => {
      window.nodes = [];
      new MutationObserver(() => window.nodes.push(document.querySelectorAll('#picture svg *').length)).observe(
        document.querySelector('#picture'),
        { childList: true },
      );
    });
    await page.send({ count: '100000' });
    await page.click('[data-call="half-close"]');
    await page.says(/ended: OK/);
    await page.gaugeIs('down-read', /^100,000$/);
    await page.sees(/× [\d,]{3,}/);
    const nodes = await page.page.evaluate(() => window.nodes);
    assert.ok(nodes.length > 5);
    assert.ok(Math.max(...nodes) <= 2_000, `${Math.max(...nodes)} nodes`);
    assert.ok(Math.min(...nodes) > 5, `${Math.min(...nodes)} nodes`);
  });

  test('who has not the token of this playground is told', async (t) => {
    const page = new PlayPage(await browser.context.newPage());
    t.after(() => page.close());
    await page.page.goto(`${playground.url.split('#')[0]}#wrong`);
    await page.says(/not the one that it has printed/);
  });

  test('the page loads nothing from elsewhere, and weighs 40 KB at most', async (t) => {
    const page = await open(t);
    const loaded = await page.page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .concat(performance.getEntriesByType('navigation'))
        .map(({ name, encodedBodySize }) => ({ name, encodedBodySize })),
    );
    const origin = new URL(playground.url).origin;
    assert.deepEqual(
      loaded.filter(({ name }) => !name.startsWith(origin)),
      [],
    );
    const bytes = loaded.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    assert.ok(bytes > 0 && bytes <= 40_000, `${bytes} bytes`);
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`${colorScheme}: every text has a contrast of 4.5, also at 320 px, where nothing scrolls sideways`, async () => {
      const small = await startBrowser({ width: 320, colorScheme, reducedMotion: 'reduce' });
      try {
        for (const example of EXAMPLES) {
          const page = await PlayPage.open(small.context, playground.url, example);
          await page.click('#open');
          await page.sees(/open \//);
          if (await page.page.isEnabled('#send')) await page.send({ count: '10' });
          // By keyboard: what grows above it may move it away from under a click.
          await page.page.focus('#as-table summary');
          await page.page.keyboard.press('Enter');
          await page.page.waitForSelector('#rows tr');
          const { scrollWidth, innerWidth } = await page.page.evaluate(() => ({
            scrollWidth: document.documentElement.scrollWidth,
            innerWidth,
          }));
          assert.ok(scrollWidth <= innerWidth, `${example}: ${scrollWidth} of ${innerWidth} px`);
          assert.deepEqual(await contrasts(page.page, 4.5), [], example);
          assert.deepEqual(page.faults, []);
          await page.close();
        }
      } finally {
        await small.close();
      }
    });
  }

  test('every control has a name, the status is announced, and motion can be reduced', async (t) => {
    const page = await open(t);
    const nameless = await page.page.$$eval('button, input, select, textarea, a', (controls) =>
      controls
        .filter((control) => !control.textContent.trim() && !(control.labels?.length ?? 0) && !control.ariaLabel)
        .map((control) => control.outerHTML),
    );
    assert.deepEqual(nameless, []);
    assert.deepEqual(await page.page.$$eval('[role=status]', (lines) => lines.map(({ id }) => id)), [
      'status',
      'answer',
    ]);
    assert.ok(await page.page.getAttribute('#picture svg', 'aria-label'));
    await page.click('[data-server="freeze"]');
    await page.serverIs('frozen');
    await page.click('#open');
    await page.page.waitForSelector('#picture .f .d', { state: 'attached' });
    const motion = () => page.page.$eval('#picture .f .d', (path) => getComputedStyle(path).animationName);
    assert.equal(await motion(), 'stream-trace-fly');
    await page.page.emulateMedia({ reducedMotion: 'reduce' });
    assert.equal(await motion(), 'none');
    await page.click('[data-server="thaw"]');
    await page.serverIs('running');
  });
});
