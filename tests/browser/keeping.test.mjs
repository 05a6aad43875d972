// What the browser keeps, and its way out and in as JSON.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import {pageTest} from './harness.mjs';

// Right after a change, which the page may not have saved yet.
async function reload(page) {
  await page.tab.reload();
  await page.until(() => document.querySelector('#model-name').textContent !== '…');
}

pageTest('conversations, their branches and traces outlast a reload', async (page) => {
  await page.ask('What is 47 + 38?');
  await page.tab.click('.answer [data-action=again]');
  await page.until(() => document.querySelector('.answer .switch-place'));
  await page.ended();
  const answer = await page.text('.answer .markdown');
  await reload(page);
  await page.tab.click('.conversation');
  assert.equal(await page.text('.answer .markdown'), answer);
  assert.match(await page.text('.answer .switch-place'), /^2\/2/);
  await page.tab.click('.answer [data-action=experts]');
  await page.tab.waitForSelector('.expert-row .chip');
  assert.ok((await page.count('.token')) > 3);
});

pageTest(
  'what was said of an answer outlasts a page that is closed on it',
  async (page) => {
    await page.send('slow please');
    await page.until(() => document.querySelector('.answer.running > .markdown')?.innerText.length > 20);
    const said = await page.text('.answer .markdown');
    await reload(page);
    await page.tab.click('.conversation');
    assert.ok((await page.text('.answer .markdown')).startsWith(said));
    assert.match(await page.text('.answer .figures'), /stopped/);
    await page.tab.click('.answer [data-action=experts]');
    await page.tab.waitForSelector('.expert-row .chip');
  },
  {mocked: true},
);

pageTest('renaming and deleting', async (page) => {
  await page.ask('What is 1 + 1?');
  await page.tab.click('.row-actions [title=Rename]');
  await page.tab.fill('.rename', 'Sums');
  await page.tab.press('.rename', 'Enter');
  assert.equal(await page.text('.conversation'), 'Sums');
  assert.equal(await page.text('#title'), 'Sums');
  await reload(page);
  assert.equal(await page.text('.conversation'), 'Sums');
  await page.tab.click('.conversation');
  await page.tab.click('.row-actions [title=Delete]');
  await page.tab.click('dialog .quiet');
  assert.equal(await page.count('.conversation'), 1);
  await page.tab.click('.row-actions [title=Delete]');
  await page.tab.click('dialog .danger');
  assert.equal(await page.count('.conversation'), 0);
  await reload(page);
  assert.equal(await page.count('.conversation'), 0);
});

async function exported(page, selector) {
  const [download] = await Promise.all([page.tab.waitForEvent('download'), page.tab.click(selector)]);
  return {name: download.suggestedFilename(), text: await fs.readFile(await download.path(), 'utf8')};
}

const imported = (page, text) =>
  page.tab.setInputFiles('#import-file', {name: 'given.json', mimeType: 'application/json', buffer: Buffer.from(text)});

pageTest('export and import bring everything back', async (page) => {
  await page.ask('What is 47 + 38?');
  await page.tab.click('.answer [data-action=again]');
  await page.until(() => document.querySelector('.answer .switch-place'));
  await page.ended();
  await page.ask('Tell me a joke.');
  await page.tab.click('.answer:last-child [data-action=experts]');
  await page.tab.waitForSelector('.token');
  const look = () => page.texts('.markdown, .bubble, .switch-place, .token, .chip');
  const before = await look();
  const file = await exported(page, '.row-actions [title=Export]');
  assert.match(file.name, /^octet-what-is-47-38\.json$/);
  const content = JSON.parse(file.text);
  assert.equal(content.format, 'octet-conversations');
  assert.equal(content.conversations[0].messages.length, 5);
  assert.equal(Object.keys(content.conversations[0].traces).length, 3);
  assert.deepEqual(JSON.parse((await exported(page, '#export-all')).text).conversations, content.conversations);
  await page.tab.click('.row-actions [title=Delete]');
  await page.tab.click('dialog .danger');
  await imported(page, file.text);
  await page.tab.waitForSelector('.answer');
  await page.tab.waitForSelector('.token');
  assert.deepEqual(await look(), before);
  assert.match(await page.text('#notice'), /Imported one conversation/);
});

pageTest('a file that is no export is refused in a sentence, and nothing changes', async (page) => {
  await page.ask('What is 1 + 1?');
  const good = JSON.parse((await exported(page, '#export-all')).text);
  const broken = (change) => {
    const copy = structuredClone(good);
    change(copy);
    return JSON.stringify(copy);
  };
  const cases = [
    ['{', /not JSON/],
    ['[]', /export of this page/],
    [broken((all) => (all.version = 2)), /version should be 1/],
    [broken((all) => (all.conversations[0].messages[0].role = 'system')), /messages\[0\]\.role/],
    [broken((all) => (all.conversations[0].messages[0].parent = 'nobody')), /messages\[0\]\.parent/],
    [broken((all) => (all.conversations[0].messages[1].content = {})), /messages\[1\]\.content/],
    [broken((all) => (Object.values(all.conversations[0].traces)[0].tokens[1].experts[0][0] = -1)), /experts/],
    [broken((all) => (Object.values(all.conversations[0].traces)[0].tokens[1].weights = [[1]])), /wide/],
  ];
  for (const [text, expected] of cases) {
    await imported(page, text);
    await page.until(
      (source) => new RegExp(source).test(document.querySelector('#notice').textContent),
      expected.source,
    );
  }
  assert.equal(await page.count('.conversation'), 1);
});
