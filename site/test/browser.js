import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** Longer than anything takes on a busy machine: a bound against a hang. */
const PATIENCE_MS = 120_000;

const PLACES = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where a browser is. */
export const executablePath = PLACES.find((place) => place && existsSync(place));

/** Why there are no tests here; undefined where there is a browser. */
export const noBrowser = executablePath
  ? undefined
  : 'there is no Chromium: install it (apt-get install chromium), or say where it is with CHROMIUM=<path>';

/**
 * Starts a browser with a profile of its own.
 *
 * @param {{ width?: number, colorScheme?: 'light' | 'dark', reducedMotion?: 'reduce' }} [options]
 */
export async function startBrowser({ width = 1_280, colorScheme = 'light', reducedMotion } = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    viewport: { width, height: 860 },
    colorScheme,
    ...(reducedMotion && { reducedMotion }),
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
