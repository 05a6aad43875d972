// For everyone: keyboard alone, screen readers, colours, small screens, little motion.
import assert from 'node:assert/strict';
import {axeSource, pageTest, real, withPage} from './harness.mjs';
import {startMock} from './mock_server.mjs';
import {test} from 'node:test';

// `rules`: all, where none are named.
async function axe(page, where, rules = []) {
  // Evaluated by the debugger, so the page's policy does not matter.
  if (!(await page.tab.evaluate(() => 'axe' in window))) await page.tab.evaluate(axeSource);
  const {violations, passes} = await page.tab.evaluate(
    (only) => window.axe.run(document, {resultTypes: ['violations'], ...(only.length && {runOnly: only})}),
    rules,
  );
  assert.ok(passes.length, `${where}: axe looked at nothing`);
  const grave = violations.filter(({impact}) => ['serious', 'critical'].includes(impact));
  assert.deepEqual(
    grave.map(
      ({id, nodes}) => `${where}: ${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`,
    ),
    [],
  );
}

for (const colorScheme of ['light', 'dark']) {
  pageTest(
    `axe finds nothing serious, ${colorScheme}`,
    async (page) => {
      // Dark differs by its colours alone.
      const rules = colorScheme === 'dark' ? ['color-contrast'] : [];
      await axe(page, 'empty', rules);
      await page.ask('show markdown');
      await page.ask('think hard');
      await page.ask('please fail');
      await axe(page, 'chat', rules);
      await page.tab.locator('.answer [data-action=experts]').first().click();
      await page.tab.waitForSelector('.token');
      await page.tab.locator('.token').nth(4).click();
      await page.tab.locator('.chip').first().click();
      await axe(page, 'tokens', rules);
      await page.tab.click('#tab-experts');
      await page.tab.click('.as-table summary');
      await axe(page, 'experts', rules);
      await page.tab.click('#tab-run');
      await axe(page, 'run', rules);
      await page.tab.locator('[data-action=edit]').first().click();
      await axe(page, 'edit', rules);
      await page.tab.click('#open-settings');
      await page.tab.fill('#sampling-temperature', '101');
      await page.tab.press('#sampling-temperature', 'Tab');
      await axe(page, 'settings', rules);
      await page.tab.click('#settings-close');
      await page.tab.click('.row-actions [title=Delete]');
      await axe(page, 'confirm', rules);
    },
    {mocked: true, page: {colorScheme}},
  );
}

pageTest('everything is done with the keyboard alone', async (page) => {
  const keys = page.tab.keyboard;
  const focus = () =>
    page.tab.evaluate(() => {
      const {activeElement: node} = document;
      return {
        id: node.id,
        name: node === document.body ? '' : (node.getAttribute('aria-label') ?? node.textContent.trim()),
        action: node.dataset.action,
        ring: node.matches(':focus-visible'),
      };
    });
  const tabTo = async (wanted, key = 'Tab') => {
    for (let step = 0; step < 80; step++) {
      const now = await focus();
      if (wanted(now)) return now;
      await keys.press(key);
      const next = await focus();
      if (next.id || next.name) assert.ok(next.ring, `${next.id || next.name} shows no focus`);
    }
    throw new Error(`${key} never came to ${wanted}; it is at ${JSON.stringify(await focus())}`);
  };
  assert.equal((await focus()).id, 'question');
  await keys.type('What is 1 + 1?');
  await keys.press('Shift+Enter');
  await keys.type('Be exact.');
  await keys.press('Enter');
  await page.ended();
  assert.equal(await page.text('.bubble'), 'What is 1 + 1?\nBe exact.');
  await tabTo(({action}) => action === 'again', 'Shift+Tab');
  await keys.press('Enter');
  await page.until(() => document.querySelector('.answer .switch-place'));
  await page.ended();
  assert.equal((await focus()).action, 'again');
  await tabTo(({action}) => action === 'previous', 'Shift+Tab');
  await keys.press('Enter');
  assert.match(await page.text('.switch-place'), /^1\/2/);
  assert.equal((await focus()).action, 'next'); // "previous" is at its end
  await keys.press('Alt+e');
  await page.tab.waitForSelector('.token');
  await tabTo(({name}) => name === 'Tokens of the answer');
  await keys.press('Home');
  await keys.press('ArrowRight');
  assert.match(await page.text('.token-place'), /token 2 of/);
  await tabTo(({name}) => /^Layer \d+, expert/.test(name));
  await keys.press('ArrowRight');
  await keys.press('Enter');
  assert.ok(await page.tab.locator('.pin-line').isVisible());
  await tabTo(({id}) => id === 'tab-token', 'Shift+Tab');
  await keys.press('ArrowRight');
  assert.ok(await page.tab.locator('#tab-panel-experts').isVisible());
  await keys.press('ArrowRight');
  assert.ok(await page.tab.locator('#tab-panel-run').isVisible());
  await keys.press('Alt+s');
  assert.ok(await page.tab.locator('#settings').isVisible());
  await keys.press('Escape');
  assert.equal(await page.tab.locator('#settings').isVisible(), false);
  await keys.press('Alt+n');
  assert.equal(await page.count('.message'), 0);
  assert.equal((await focus()).id, 'question');
});

pageTest('the end of an answer is said to screen readers', async (page) => {
  await page.ask('Tell me a joke.');
  await page.until(() => /^Answer: /.test(document.querySelector('#live').textContent));
  assert.equal(await page.tab.getAttribute('#live', 'aria-live'), 'polite');
});

const wide = () =>
  document.documentElement.scrollWidth > innerWidth ||
  [...document.querySelectorAll('#scroller, .tab-panel:not([hidden]), .dialog-body, .sidebar')].some(
    (box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1,
  );

pageTest(
  'on a phone nothing is wider than the screen',
  async (page) => {
    assert.equal(await page.tab.evaluate(wide), false, 'empty');
    await page.ask(real ? 'What is 2 + 2?' : 'show markdown');
    await page.ask('averyveryverylongwordwithoutanyblank'.repeat(8));
    assert.equal(await page.tab.evaluate(wide), false, 'chat');
    await page.tab.click('#menu');
    await page.tab.waitForTimeout(300);
    assert.equal(await page.tab.evaluate(wide), false, 'menu');
    await page.tab.keyboard.press('Escape');
    await page.tab.click('#toggle-panel');
    await page.tab.waitForSelector('.token');
    for (const tab of ['token', 'experts', 'run']) {
      await page.tab.click(`#tab-${tab}`);
      await page.tab.waitForTimeout(200);
      assert.equal(await page.tab.evaluate(wide), false, tab);
    }
    await axe(page, 'panel on a phone');
    await page.tab.click('#panel-close');
    await page.tab.click('#open-settings');
    assert.equal(await page.tab.evaluate(wide), false, 'settings');
  },
  {page: {viewport: {width: 375, height: 740}}},
);

pageTest(
  'the colours can be chosen, and stay chosen',
  async (page) => {
    const ground = () => page.tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.tab.click('#theme');
    assert.equal(await page.tab.getAttribute('#theme', 'aria-label'), 'Colours: light');
    assert.equal(await ground(), light);
    await page.tab.click('#theme');
    const dark = await ground();
    assert.notEqual(dark, light);
    await page.tab.reload();
    await page.until(() => document.querySelector('#model-name').textContent !== '…');
    assert.equal(await ground(), dark);
    // As the system, whenever the system changes; the page hears of that with its next frame.
    await page.tab.click('#theme');
    assert.equal(await ground(), light);
    await page.tab.emulateMedia({colorScheme: 'dark'});
    await page.until((colour) => getComputedStyle(document.body).backgroundColor === colour, dark);
  },
  {page: {colorScheme: 'light'}},
);

pageTest(
  'who wants little motion gets none',
  async (page) => {
    await page.tab.click('#toggle-panel');
    await page.send('slow please');
    await page.until(() => document.querySelectorAll('.token').length > 3);
    const moving = await page.tab.evaluate(
      () => document.getAnimations().filter((animation) => animation.effect.getComputedTiming().duration > 10).length,
    );
    assert.equal(moving, 0);
    await page.tab.keyboard.press('Escape');
    await page.ended();
  },
  {mocked: true, page: {reducedMotion: 'reduce'}},
);

test(
  'a server with keys: the page asks for one and keeps it for the tab',
  {skip: real ? 'needs the mock' : false},
  async () => {
    const locked = await startMock({files: process.env.PAGE_FILES, key: 'open sesame'});
    try {
      await withPage({base: locked.url}, async (page) => {
        await page.tab.waitForSelector('#settings[open]');
        assert.match(
          await page.text('#settings-message'),
          /^This server wants an API key: enter the one you were given/,
        );
        assert.equal(await page.tab.textContent('#model-facts'), 'it wants an API key');
        await page.tab.fill('#api-key', 'open says me');
        await page.tab.press('#api-key', 'Enter');
        await page.until(() =>
          /does not know this API key/.test(document.querySelector('#settings-message').innerText),
        );
        await page.tab.fill('#api-key', 'open sesame');
        await page.tab.press('#api-key', 'Enter');
        await page.until(() => !document.querySelector('#settings[open]'));
        assert.equal(await page.tab.textContent('#notice'), 'The server takes this API key.');
        assert.equal(await page.tab.evaluate(() => document.activeElement.id), 'question');
        assert.equal(await page.tab.textContent('#model-name'), 'octet-mini');
        assert.match(await page.tab.textContent('#model-facts'), /active/);
        // Who opened the settings to change the key goes on in them.
        await page.tab.click('#open-settings');
        await page.tab.fill('#api-key', 'another');
        await page.tab.press('#api-key', 'Enter');
        await page.until(() =>
          /does not know this API key/.test(document.querySelector('#settings-message').innerText),
        );
        await page.tab.fill('#api-key', 'open sesame');
        await page.tab.press('#api-key', 'Tab');
        await page.until(() => document.querySelector('#settings-message').hidden);
        assert.equal(await page.tab.textContent('#api-key-hint'), 'The server takes this API key.');
        await page.tab.click('#settings-close');
        await page.ask('What is 2 + 2?');
        assert.ok((await page.text('.answer .markdown')).length > 3);
        // An answer that is refused for its key says so in the same words.
        await page.tab.evaluate(() => sessionStorage.removeItem('octet.key'));
        await page.tab.reload();
        await page.tab.waitForSelector('#settings[open]');
        await page.tab.click('#settings-close');
        await page.send('What is 3 + 3?');
        await page.tab.waitForSelector('#settings[open]');
        assert.match(await page.tab.textContent('.answer .failure'), /wants an API key: enter the one you were given/);
        await page.tab.fill('#api-key', 'open sesame');
        await page.tab.press('#api-key', 'Enter');
        await page.until(() => !document.querySelector('#settings[open]'));
        const kept = await page.tab.evaluate(() => [JSON.stringify(localStorage), sessionStorage.getItem('octet.key')]);
        assert.ok(!kept[0].includes('sesame'));
        assert.equal(kept[1], 'open sesame');
        page.problems = page.problems.filter((problem) => !/401/.test(problem)); // Chromium's own line
      });
    } finally {
      locked.close();
    }
  },
);
