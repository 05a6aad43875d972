// Several tabs on the same conversations: nothing is lost, and each hears of what the others do.
import assert from 'node:assert/strict';
import {pageTest} from './harness.mjs';

async function reload(page) {
  await page.tab.reload();
  await page.until(() => document.querySelector('#model-name').textContent !== '…');
}

const bubbles = (page, count) => page.until((wanted) => document.querySelectorAll('.bubble').length === wanted, count);
const messages = (page) => page.tab.locator('.message').evaluateAll((all) => all.map((node) => node.dataset.message));

// The texts that the browser has stored of its only conversation.
const stored = (page) =>
  page.tab.evaluate(
    () =>
      new Promise((resolve) => {
        indexedDB.open('octet').onsuccess = ({target}) => {
          const {result: db} = target;
          db.transaction('conversations').objectStore('conversations').getAll().onsuccess = (event) => {
            db.close();
            resolve(
              event.target.result.flatMap((row) => (row.conversation ?? row).messages.map(({content}) => content)),
            );
          };
        };
      }),
  );
const isStored = async (page, text) => {
  while (!(await stored(page)).some((content) => content.includes(text))) await page.tab.waitForTimeout(50);
};

// Both tabs show the same conversation of one question.
async function openBoth(page, another) {
  await page.ask('first question');
  await isStored(page, 'This is answer');
  const other = await another();
  await other.tab.click('.conversation');
  await bubbles(other, 1);
  return other;
}

// A tab that hears nothing of the others, as one whose word came too late.
const deaf = (context) =>
  context.addInitScript(() => {
    window.BroadcastChannel = class extends EventTarget {
      postMessage() {}
    };
  });

pageTest(
  'what is asked in one tab appears in the other, and both go on from there',
  async (page, another) => {
    const other = await openBoth(page, another);
    await other.ask('second question');
    await bubbles(page, 2);
    await page.until(() => /second question/.test(document.querySelector('.answer:last-child > .markdown').innerText));
    await page.ask('third question');
    await bubbles(other, 3);
    await reload(page);
    await page.tab.click('.conversation');
    assert.deepEqual(await page.texts('.bubble'), ['first question', 'second question', 'third question']);
    assert.equal(await page.count('.answer'), 3);
    // What was recorded of an answer that another tab made is shown too.
    await other.until(() => /third/.test(document.querySelector('.answer:last-child > .markdown')?.innerText));
    await other.until(() => document.querySelector('.answer:last-child .figures')?.childElementCount);
    await other.tab.click('.answer:last-child [data-action=experts]');
    await other.tab.waitForSelector('.token');
  },
  {mocked: true},
);

pageTest(
  'two tabs that hear nothing of each other lose nothing',
  async (page, another, context) => {
    await deaf(context);
    await reload(page);
    const other = await openBoth(page, another);
    await other.ask('asked in the second tab');
    await isStored(other, 'You said “asked in the second');
    await page.ask('asked in the first tab');
    await isStored(page, 'You said “asked in the first');
    // The last ones wait to be saved when the pages go away.
    await other.tab.locator('[data-action=edit]').last().click();
    await other.tab.fill('.edit-area', 'slow one');
    await other.tab.press('.edit-area', 'Enter');
    await other.until(() => document.querySelector('.answer.running > .markdown')?.innerText.length > 8);
    await other.tab.goto('about:blank');
    await page.tab.click('.row-actions [title=Rename]');
    await page.tab.fill('.rename', 'Sums');
    await page.tab.press('.rename', 'Enter');
    await reload(page);
    assert.equal(await page.text('.conversation'), 'Sums');
    await page.tab.click('.conversation');
    const all = (await stored(page)).join();
    for (const text of ['asked in the second', 'You said “asked in the second', 'slow one', 'asked in the first'])
      assert.ok(all.includes(text), text);
    assert.match(await page.text('.question:nth-of-type(3) .switch-place'), /\/3/);
  },
  {mocked: true},
);

pageTest(
  'a running answer and its reader are left alone; the other tab sees it grow and does not end it',
  async (page, another) => {
    await page.ask('first question');
    await page.send('slow please');
    await page.until(() => document.querySelector('.answer.running > .markdown')?.innerText.length > 20);
    await isStored(page, 'One word');
    const other = await another();
    await other.tab.click('.conversation');
    await other.tab.waitForSelector('.answer.running');
    const length = () => document.querySelector('.answer:last-child > .markdown').innerText.length;
    const early = await other.tab.evaluate(length);
    await other.until(
      (before) => document.querySelector('.answer:last-child > .markdown').innerText.length > before,
      early,
    );
    const shown = await messages(page);
    // The other tab changes the same conversation, and saves what it takes for the answer's text.
    await other.tab.locator('[data-action=edit]').first().click();
    await other.tab.fill('.edit-area', 'another first question');
    await other.tab.press('.edit-area', 'Enter');
    await page.until(() => document.querySelector('.question .switch-place'));
    assert.match(await page.text('.question .switch-place'), /^1\/2/);
    assert.deepEqual(await messages(page), shown);
    assert.equal(await page.count('.answer.running'), 1);
    const before = await page.tab.evaluate(length);
    await page.until(
      (old) => document.querySelector('.answer:last-child > .markdown').innerText.length > old + 40,
      before,
    );
    await page.tab.click('#send');
    await page.ended();
    const said = await page.text('.answer .markdown');
    await isStored(page, said.trim().slice(-60));
    await reload(other);
    await other.tab.click('.conversation');
    await other.tab.locator('.question [data-action=previous]').first().click();
    assert.equal(await other.text('.answer .markdown'), said);
  },
  {mocked: true},
);

pageTest(
  'an answer whose tab says nothing any more does not run forever',
  async (page, another) => {
    const other = await openBoth(page, another);
    await other.tab.clock.install();
    await page.send('slow please');
    await other.tab.waitForSelector('.answer.running');
    await page.tab.evaluate(() => (BroadcastChannel.prototype.postMessage = () => {})); // as if it had crashed
    const dead = () => !document.querySelector('.answer.running');
    while (!(await other.tab.evaluate(dead))) await other.tab.clock.fastForward(10_000);
    assert.match(await other.text('.answer .figures'), /stopped/);
    // It was not: the answer goes on where it is written.
    await page.tab.click('#send');
    await page.ended();
    const said = await page.text('.answer .markdown');
    await isStored(page, said.trim().slice(-60));
    await reload(other);
    await other.tab.click('.conversation');
    assert.equal(await other.text('.answer .markdown'), said);
  },
  {mocked: true},
);

pageTest(
  'a deleted conversation stays deleted',
  async (page, another) => {
    const other = await openBoth(page, another);
    await page.send('slow please');
    await page.until(() => document.querySelector('.answer.running > .markdown')?.innerText.length > 8);
    await other.tab.click('.row-actions [title=Delete]');
    await other.tab.click('dialog .danger');
    await page.until(() => !document.querySelector('.conversation, .message, #send.stop'));
    await page.until(() => /deleted in another tab/.test(document.querySelector('#notice').textContent));
    await reload(page);
    assert.equal(await page.count('.conversation'), 0);
    assert.deepEqual(await stored(page), []);
  },
  {mocked: true},
);

pageTest(
  'a late save does not bring a deleted conversation back',
  async (page, another, context) => {
    await deaf(context);
    await reload(page);
    const other = await openBoth(page, another);
    await page.tab.click('.conversation');
    await other.tab.click('.row-actions [title=Delete]');
    await other.tab.click('dialog .danger');
    await page.send('slow please'); // its first save finds nothing
    await page.until(() => /deleted in another tab/.test(document.querySelector('#notice').textContent));
    assert.equal(await page.count('.conversation'), 0);
    await reload(page);
    assert.equal(await page.count('.conversation'), 0);
    // Nor does a page that goes away before it saved.
    await page.ask('first question');
    await isStored(page, 'This is answer');
    await reload(other);
    await other.tab.click('.conversation');
    await page.tab.click('.row-actions [title=Delete]');
    await page.tab.click('dialog .danger');
    await other.tab.click('.row-actions [title=Rename]');
    await other.tab.fill('.rename', 'Sums');
    await other.tab.press('.rename', 'Enter');
    await reload(other);
    assert.equal(await other.count('.conversation'), 0);
    await reload(page);
    assert.deepEqual(await stored(page), []);
  },
  {mocked: true},
);

pageTest('a title that is being written is left alone', async (page, another) => {
  const other = await openBoth(page, another);
  await page.tab.click('.row-actions [title=Rename]');
  await page.tab.fill('.rename', 'half a ti');
  await other.tab.click('#new');
  await other.ask('another conversation');
  await isStored(page, 'another conversation');
  assert.equal(await page.tab.inputValue('.rename'), 'half a ti');
  await page.tab.fill('.rename', 'a whole title');
  await page.tab.press('.rename', 'Enter');
  await page.until(() => document.querySelectorAll('.conversation').length === 2);
  await other.until(() => /a whole title/.test(document.querySelector('#conversations').innerText));
});
