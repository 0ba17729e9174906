import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { noBrowser, startBrowser } from './browser.js';
import { contrasts } from './contrasts.js';
import { serveFiles } from './file-server.js';

const site = dirname(import.meta.dirname);
/** As GitHub has it: a site is not at the root of its host. */
const BASE = '/grpc-streaming-by-example/';

if (noBrowser) console.log(`skipped: the pages of the site: ${noBrowser}`);

const folder = mkdtempSync(join(tmpdir(), 'site-'));
/** Its pages, as the browser asks for them. */
let pages = [];
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

test('the site builds', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(site, 'src/build.js')], {
    encoding: 'utf8',
    env: { ...process.env, SITE_BASE: BASE, SITE_OUT: folder },
  });
  assert.equal(status, 0, `${stdout}${stderr}`);
  pages = readdirSync(folder, { recursive: true })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.html') && file !== '404.html');
  for (const page of ['index', 'docs/primer', 'examples/bidirectional-chat/index', 'reference/grpc-streams']) {
    assert.ok(pages.includes(`${page}.html`), page);
  }
});

describe('the pages of the site', { skip: noBrowser ?? false }, () => {
  let server;
  let browser;

  before(async () => {
    [server, browser] = await Promise.all([serveFiles(folder, BASE), startBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Opens a page, on which nothing may go wrong. */
  async function open(path, faults) {
    const page = await browser.context.newPage();
    page.on('pageerror', (error) => faults.push(`${path}: ${error.message}`));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(`${path}: ${message.text()}`);
    });
    page.on('response', (response) => response.status() >= 400 && faults.push(`${path}: no ${response.url()}`));
    await visit(page, path);
    return page;
  }

  async function visit(page, path) {
    await page.goto(new URL(path, server.url).href);
    await page.waitForFunction(
      () => document.querySelector('#app')?.__vue_app__ && document.querySelector('.vp-doc h1'),
    );
    // A colour that is on its way is not the one that is read.
    await page.addStyleTag({ content: '*, ::before, ::after { transition: none !important; }' });
  }

  test('each page, light, dark and on a phone', async () => {
    const faults = [];
    const page = await open('index.html', faults);
    for (const path of pages) {
      await page.setViewportSize({ width: 1_280, height: 860 });
      await visit(page, path);
      const seen = await page.evaluate(look);
      for (const fault of seen) faults.push(`${path}: ${fault}`);
      for (const look of ['light', 'dark']) {
        await page.evaluate((look) => {
          document.documentElement.classList.toggle('dark', look === 'dark');
          for (const details of document.querySelectorAll('details')) details.open = true;
        }, look);
        for (const fault of await contrasts(page, 4.5)) faults.push(`${path}, ${look}: ${fault}`);
      }
      await page.setViewportSize({ width: 390, height: 860 });
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (tooWide > 0) faults.push(`${path}: ${tooWide} pixels too wide for a phone`);
    }
    await page.close();
    assert.equal(faults.join('\n'), '');
  });

  test('next leads from the first page through them all', async () => {
    const faults = [];
    const page = await open('index.html', faults);
    const seen = [];
    for (;;) {
      seen.push(new URL(page.url()).pathname.slice(BASE.length) || 'index.html');
      const next = page.locator('a.pager-link.next');
      if ((await next.count()) === 0) break;
      const title = await next.locator('.title').textContent();
      await next.click();
      await page.waitForFunction((title) => document.title.startsWith(title), title.replaceAll('`', ''));
    }
    await page.close();
    assert.deepEqual([...seen.map(asFile)].sort(), [...pages].sort());
    assert.deepEqual(faults, []);
  });

  test('search finds what half-close is', async () => {
    const faults = [];
    const page = await open('index.html', faults);
    const title = await page.title();
    await page.keyboard.press('Control+k');
    await page.fill('#localsearch-input', 'half-close');
    await page.waitForSelector('#localsearch-list .result');
    await page.keyboard.press('Enter');
    // The address is that of the page before its text is there.
    await page.waitForFunction(
      (title) => document.title !== title && /half-close/i.test(document.querySelector('.vp-doc')?.textContent ?? ''),
      title,
    );
    await page.close();
    assert.deepEqual(faults, []);
  });

  test('a tab shows the same in another library', async () => {
    const faults = [];
    const page = await open('examples/bidirectional-chat/index.html', faults);
    const group = page.locator('.vp-code-group').first();
    await group.locator('label', { hasText: 'plain grpc-js' }).click();
    await group.locator('div.active', { hasText: "call.on('data'" }).waitFor();
    await page.close();
    assert.deepEqual(faults, []);
  });
});

const asFile = (path) => (path === '' || path.endsWith('/') ? `${path}index.html` : path);

/** What a page lacks for those who do not see it. */
function look() {
  const faults = [];
  for (const picture of document.querySelectorAll('img, svg[role=img], .picture svg')) {
    if (picture.closest('[aria-hidden=true]')) continue;
    if (!(picture.getAttribute('alt') || picture.getAttribute('aria-label'))) {
      faults.push(`a picture without words: ${picture.outerHTML.slice(0, 80)}`);
    }
  }
  const levels = [...document.querySelectorAll('.vp-doc :is(h1, h2, h3, h4, h5, h6)')].map((heading) =>
    Number(heading.tagName[1]),
  );
  if (levels[0] !== 1 || levels.filter((level) => level === 1).length > 1)
    faults.push('it has not one title, at the top');
  levels.forEach((level, at) => {
    if (level > levels[at - 1] + 1) faults.push(`a heading of level ${level} after one of ${levels[at - 1]}`);
  });
  for (const text of document.querySelectorAll('.vp-doc p')) {
    if (/```|\]\(\S+\)/.test(text.textContent))
      faults.push(`Markdown that was not read: ${text.textContent.slice(0, 60)}`);
  }
  return faults;
}
