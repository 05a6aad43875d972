// A model's output never becomes markup that runs, wherever it is shown.
import assert from 'node:assert/strict';
import {pageTest} from './harness.mjs';

// What there must not be anywhere in the page but in what the page itself is made of.
function dangers() {
  const found = [];
  for (const node of document.querySelectorAll('*')) {
    for (const {name, value} of node.attributes) {
      if (/^on/i.test(name)) found.push(`${node.localName} has ${name}`);
      if (
        /^(href|src|action|formaction|xlink:href)$/i.test(name) &&
        !/^(https?:\/\/|mailto:|\/page\/|#question$)/.test(value)
      )
        found.push(`${node.localName} ${name}=${value}`);
    }
  }
  const inside = document.querySelectorAll(
    '.answer :is(script, style, iframe, object, embed, form, input, img, template, base, link, meta, details:not(.thinking))',
  );
  for (const node of inside) found.push(`an answer holds ${node.localName}`);
  for (const anchor of document.querySelectorAll('.answer a')) {
    if (!/noopener/.test(anchor.rel) || !/noreferrer/.test(anchor.rel) || anchor.target !== '_blank')
      found.push(`link without noopener: ${anchor.href}`);
  }
  if (window.hacked !== undefined) found.push(`script ${window.hacked} ran`);
  return found;
}

pageTest(
  'hostile output stays text while it streams and after',
  async (page) => {
    await page.send('be hostile');
    await page.until(() => document.querySelector('.answer.running > .markdown')?.innerText.length > 40);
    assert.deepEqual(await page.tab.evaluate(dangers), []);
    await page.ended();
    assert.deepEqual(await page.tab.evaluate(dangers), []);
    const text = await page.text('.answer .markdown');
    for (const part of [
      '<script>window.hacked = 1',
      '<img src=x onerror=',
      '<iframe src="javascript:',
      '<svg onload=',
      '<style>body',
    ]) {
      assert.ok(text.includes(part), `the text lacks ${part}`);
    }
    const links = await page.tab
      .locator('.answer a')
      .evaluateAll((all) => all.map((anchor) => new URL(anchor.href).protocol));
    assert.ok(links.length >= 3);
    assert.ok(links.every((protocol) => ['http:', 'https:', 'mailto:'].includes(protocol)));
  },
  {mocked: true},
);

pageTest(
  'in the panel, the titles and the lists too',
  async (page) => {
    await page.ask('<img src=x onerror="window.hacked=1"> hostile');
    await page.tab.click('.answer [data-action=experts]');
    await page.tab.waitForSelector('.token');
    for (const tab of ['experts', 'run', 'token']) await page.tab.click(`#tab-${tab}`);
    await page.tab.click('.row-actions [title=Delete]');
    await page.tab.waitForSelector('dialog[open]');
    assert.deepEqual(await page.tab.evaluate(dangers), []);
    await page.tab.keyboard.press('Escape');
  },
  {mocked: true},
);

pageTest('a hostile import stays text', async (page) => {
  const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>[x](javascript:window.hacked=3)';
  const file = {
    format: 'octet-conversations',
    version: 1,
    conversations: [
      {
        title: evil,
        named: true,
        system: evil,
        chosen: {__proto__: {x: 1}, constructor: 'a'},
        messages: [
          {id: '__proto__', parent: null, role: 'user', content: evil},
          {id: 'a', parent: '__proto__', role: 'assistant', content: evil, reasoning: evil, error: evil, model: evil},
        ],
        traces: {
          a: {
            tokens: [
              {
                id: 1,
                text: evil,
                logprob: 0,
                alternatives: [{id: 2, text: evil, probability: 0.5}],
                experts: [[1, 2]],
                weights: [[0.5, 0.5]],
              },
            ],
          },
        },
      },
    ],
  };
  await page.tab.setInputFiles('#import-file', {
    name: 'evil.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(file)),
  });
  await page.tab.waitForSelector('.answer');
  await page.tab.click('.answer [data-action=experts]');
  await page.tab.waitForSelector('.token');
  assert.deepEqual(await page.tab.evaluate(dangers), []);
  assert.equal(await page.text('.bubble'), evil);
});
