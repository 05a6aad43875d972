// Takes docs/page.png: a short conversation with the experts panel open.
// tests/browser/screenshot.sh runs it with the bundled model. Without BASE_URL the answers are the mock's, and PAGE_FILES
// names the page's files.
import path from 'node:path';
import {createRequire} from 'node:module';
import {startMock} from './mock_server.mjs';

const {chromium} = createRequire(path.resolve(process.env.BROWSER_MODULES, 'x.js'))('playwright-core');
const [out, colorScheme = 'light'] = process.argv.slice(2);
const QUESTIONS = [
  'What is 47 + 38?',
  'How many experts does DeepSeek-V3 have?',
  'How does multi-head latent attention save memory?',
];

const server = process.env.BASE_URL ? null : await startMock({files: process.env.PAGE_FILES});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--font-render-hinting=none'],
});
const context = await browser.newContext({viewport: {width: 1280, height: 800}, colorScheme});
const page = await context.newPage();
await page.goto(process.env.BASE_URL ?? server.url);
for (const question of QUESTIONS) {
  await page.fill('#question', question);
  await page.press('#question', 'Enter');
  await page.waitForFunction(
    (count) =>
      document.querySelectorAll('.answer:not(.running) .figures span').length >= count &&
      !document.querySelector('.running'),
    5 * (QUESTIONS.indexOf(question) + 1),
  );
}
await page.locator('.answer [data-action=experts]').last().click();
await page.waitForSelector('.token');
// What shows the most: a drafted token that the model was less sure of. The server drafts only while that pays.
for (const kind of ['.token.drafted:not(.sure-4)', '.token.drafted', '.token:not(.sure-4)', '.token']) {
  if ((await page.locator(kind).count()) === 0) continue;
  await page.locator(kind).first().click();
  break;
}
await page.mouse.move(640, 640);
await page.waitForTimeout(1000);
await page.screenshot({path: out});
await browser.close();
server?.close();
