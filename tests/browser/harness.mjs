// A real Chromium on the page: opens it against the mock or, with BASE_URL, against a running octet, and holds every test to
// the same rules: no error in the console, nothing that the Content-Security-Policy forbids, no request to another host,
// no dialog that nobody asked for.
import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {startMock} from './mock_server.mjs';

const modules = createRequire(path.join(process.env.BROWSER_MODULES, 'x.js'));
const {chromium} = modules('playwright-core');
export const axeSource = modules('axe-core').source;
export const real = process.env.BASE_URL; // a running octet
export const PATIENCE = 60_000;

let browser;
let server;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  if (!real) server = await startMock({files: process.env.PAGE_FILES});
});
after(async () => {
  await browser?.close();
  server?.close();
});

export const mock = () => server.mock;

// Runs in the page before anything else.
function watch() {
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) =>
    window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`),
  );
}

export class Page {
  problems = [];

  constructor(tab, base) {
    this.tab = tab;
    this.base = base;
    tab.setDefaultTimeout(PATIENCE);
    tab.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.problems.push(`console: ${message.text()}`);
    });
    tab.on('pageerror', (failure) => this.problems.push(`exception: ${failure.stack}`));
    tab.on('dialog', (dialog) => {
      this.problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    tab.on('request', (request) => {
      const foreign = !request.url().startsWith(base + '/') && !/^(data|blob):/.test(request.url());
      if (foreign) this.problems.push(`request to ${request.url()}`);
    });
  }

  async load() {
    await this.tab.addInitScript(watch);
    await this.tab.goto(this.base);
    await this.until(() => document.querySelector('#model-name').textContent !== '…');
  }

  until(condition, argument) {
    return this.tab.waitForFunction(condition, argument, {polling: 50});
  }

  async send(text) {
    await this.tab.fill('#question', text);
    await this.tab.press('#question', 'Enter');
  }

  async ended() {
    await this.until(
      () =>
        document.querySelector('.answer') &&
        !document.querySelector('.message.running') &&
        !document.querySelector('#send.stop'),
    );
  }

  async ask(text) {
    await this.send(text);
    await this.ended();
  }

  // Asks something whose answer was recorded, and opens the experts panel on it.
  async askWithPanel(text) {
    await this.ask(text);
    await this.tab.click('.answer:last-child [data-action=experts]');
    await this.tab.waitForSelector('.token');
  }

  text(selector) {
    return this.tab.locator(selector).last().innerText();
  }

  texts(selector) {
    return this.tab.locator(selector).allInnerTexts();
  }

  count(selector) {
    return this.tab.locator(selector).count();
  }

  async check() {
    const violations = await this.tab.evaluate(() => window.violations);
    assert.deepEqual([...this.problems, ...violations], []);
  }
}

export async function withPage(options, act) {
  const {base, ...rest} = options;
  const context = await browser.newContext({viewport: {width: 1280, height: 800}, acceptDownloads: true, ...rest});
  try {
    const page = new Page(await context.newPage(), base ?? real ?? server.url);
    const tabs = [page];
    await page.load();
    // Another tab of the same browser.
    const another = async () => {
      const tab = new Page(await context.newPage(), page.base);
      tabs.push(tab);
      await tab.load();
      return tab;
    };
    await act(page, another, context);
    for (const tab of tabs) await tab.check();
  } finally {
    await context.close();
  }
}

// A test on a fresh page. `mocked` ones need the canned answers and are left out against a real server.
export function pageTest(name, act, options = {}) {
  test(name, {timeout: 5 * PATIENCE, skip: options.mocked && real ? 'needs the mock' : false}, () =>
    withPage(options.page ?? {}, act),
  );
}
