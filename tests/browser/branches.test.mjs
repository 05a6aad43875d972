// A conversation is a tree: asking again and editing make branches, and the switches walk among them.
import assert from 'node:assert/strict';
import {pageTest, real} from './harness.mjs';

pageTest('asking again makes a second version, and both stay', async (page) => {
  await page.ask('What is 12 + 30?');
  const first = await page.text('.answer .markdown');
  await page.tab.click('.answer [data-action=again]');
  await page.until(() => document.querySelector('.answer .switch-place'));
  await page.ended();
  assert.match(await page.text('.answer .switch-place'), /^2\/2/);
  const second = await page.text('.answer .markdown');
  if (!real) assert.notEqual(second, first);
  await page.tab.click('.answer [data-action=previous]');
  assert.match(await page.text('.answer .switch-place'), /^1\/2/);
  assert.equal(await page.text('.answer .markdown'), first);
  await page.tab.click('.answer [data-action=next]');
  assert.equal(await page.text('.answer .markdown'), second);
});

pageTest('editing a question starts a branch; the old one keeps what followed it', async (page) => {
  await page.ask('What is 2 + 2?');
  await page.ask('And 3 + 3?');
  const before = await page.texts('.markdown, .bubble');
  await page.tab.locator('[data-action=edit]').first().click();
  await page.tab.fill('.edit-area', 'What is 5 + 5?');
  await page.tab.press('.edit-area', 'Enter');
  await page.until(() => document.querySelectorAll('.message').length === 2);
  await page.ended();
  assert.equal(await page.text('.bubble'), 'What is 5 + 5?');
  await page.tab.click('.question [data-action=previous]');
  assert.deepEqual(await page.texts('.markdown, .bubble'), before);
  await page.tab.click('.question [data-action=next]');
  assert.equal(await page.count('.message'), 2);
});

pageTest('Escape leaves the edited question as it was', async (page) => {
  await page.ask('What is 2 + 2?');
  await page.tab.click('[data-action=edit]');
  await page.tab.fill('.edit-area', 'something else');
  await page.tab.press('.edit-area', 'Escape');
  assert.equal(await page.text('.bubble'), 'What is 2 + 2?');
  assert.equal(await page.count('.switches'), 0);
  assert.equal(await page.tab.evaluate(() => document.activeElement.dataset.action), 'edit');
});

pageTest(
  'an answer goes on in its own conversation while another is open',
  async (page) => {
    await page.send('slow please');
    await page.until(() => document.querySelector('.answer.running > .markdown')?.innerText.length > 8);
    await page.tab.click('#new');
    assert.equal(await page.count('.message'), 0);
    assert.equal(await page.count('.conversation .busy'), 1);
    await page.ask('another question');
    assert.match(await page.text('.answer .markdown'), /another question/);
    await page.tab.click('.conversation:has-text("slow please")');
    await page.tab.waitForSelector('.answer.running');
    await page.tab.keyboard.press('Escape');
    await page.ended();
    assert.match(await page.text('.answer .figures'), /stopped/);
  },
  {mocked: true},
);
