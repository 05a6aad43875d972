// The experts at work: what the panel shows is what the server's trace says.
import assert from 'node:assert/strict';
import {mock, pageTest, PATIENCE} from './harness.mjs';
import {answerTo, MODEL, tokenize, trace} from './mock_model.mjs';

const QUESTION = 'What is 47 + 38?';
const WANTED = {experts: true, alternatives: 5};
const TOKENS = tokenize(answerTo([{content: QUESTION}], 1).text).map((text, position) => trace(text, position, WANTED));

// The colours of the map's cells, row by row, as canvas pixels.
const cells = (page, layers, experts) =>
  page.tab.evaluate(
    ([rows, columns]) => {
      const canvas = document.querySelector('.tab-panel:not([hidden]) .map-canvas');
      const scale = canvas.width / canvas.clientWidth;
      const width = (canvas.clientWidth - 30) / columns;
      const context = canvas.getContext('2d');
      const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
      const at = (x, y) => 4 * (Math.round(y * scale) * canvas.width + Math.round(x * scale));
      const colour = (start) => data.slice(start, start + 4).join();
      return Array.from({length: rows}, (_, row) =>
        Array.from({length: columns}, (_, column) => colour(at(30 + (column + 0.4) * width, 18 * row + 8))),
      );
    },
    [layers, experts],
  );

pageTest('each layer of the map lights the experts that fired', async (page) => {
  await page.askWithPanel('How many experts does DeepSeek-V3 have?');
  await page.tab.locator('.token').nth(2).click();
  const rows = await page.count('.expert-row');
  const {experts} = await page.tab.evaluate(async () => (await fetch('/octet/model')).json());
  assert.equal(rows, experts.layers.length);
  assert.equal(await page.count('.chip'), rows * experts.chosen);
  const labels = await page.tab.locator('.chip').allTextContents();
  const places = labels.map((label) => /Layer (\d+), expert (\d+)/.exec(label).slice(1).map(Number));
  const notLit = async () => {
    const colours = await cells(page, rows, experts.routed);
    return places.filter(([layer, expert]) => {
      const row = colours[experts.layers.indexOf(layer)];
      return row.filter((colour) => colour === row[expert]).length > experts.chosen;
    });
  };
  // The glow of the answer's end fades first.
  const end = Date.now() + PATIENCE;
  let dark = await notLit();
  while (dark.length && Date.now() < end) dark = await notLit();
  assert.deepEqual(dark, [], 'layers and experts with a colour that more cells share than fired');
  assert.match(await page.tab.getAttribute('.map-canvas', 'aria-label'), /^Experts that fired for/);
});

pageTest(
  'a click on a token shows its experts, alternatives and origin',
  async (page) => {
    await page.askWithPanel(QUESTION);
    for (const index of [0, 5, TOKENS.findIndex((token) => token.drafted)]) {
      const token = TOKENS[index];
      await page.tab.locator('.token').nth(index).click();
      const labels = await page.tab.locator('.chip').allTextContents();
      const expected = token.experts.flatMap((experts, layer) =>
        experts
          .map((expert, k) => ({expert, weight: token.weights[layer][k]}))
          .sort((a, b) => b.weight - a.weight)
          .map(
            ({expert, weight}) =>
              `Layer ${MODEL.experts.layers[layer]}, expert ${expert}, weight ${weight.toFixed(2).slice(1)}`,
          ),
      );
      assert.deepEqual([...labels].sort(), [...expected].sort());
      const likely = [...token.alternatives].sort((a, b) => b.probability - a.probability);
      assert.deepEqual(
        await page.texts('.alternatives code'),
        likely.map(({text}) => text.replaceAll(' ', '␣').replaceAll('\n', '⏎')),
      );
      assert.match(await page.text('.taken .number'), new RegExp(`^${Math.round(100 * Math.exp(token.logprob))} %`));
      assert.match(await page.text('.token-facts'), token.drafted ? /drafted by MTP/ : /not drafted/);
      assert.match(
        await page.text('.token-place'),
        new RegExp(`token ${index + 1} of ${TOKENS.length} · id ${token.id}`),
      );
    }
    assert.equal(await page.count('.token.drafted'), TOKENS.filter((token) => token.drafted).length);
  },
  {mocked: true},
);

pageTest(
  'arrows move among tokens',
  async (page) => {
    await page.askWithPanel(QUESTION);
    await page.tab.locator('.token').nth(3).click();
    const chosen = () => page.tab.evaluate(() => Number(document.querySelector('.token.chosen').dataset.index));
    await page.tab.focus('.token-flow');
    const moves = [
      ['ArrowRight', 4],
      ['ArrowRight', 5],
      ['ArrowLeft', 4],
      ['Home', 0],
      ['ArrowLeft', 0],
      ['End', TOKENS.length - 1],
    ];
    for (const [key, expected] of moves) {
      await page.tab.keyboard.press(key);
      assert.equal(await chosen(), expected, key);
    }
    const top = () => page.tab.evaluate(() => document.querySelector('.token.chosen').offsetTop);
    const last = await top();
    await page.tab.keyboard.press('ArrowUp');
    assert.ok((await top()) < last);
    assert.equal(await page.tab.getAttribute('.token-flow', 'aria-activedescendant'), `token-${await chosen()}`);
  },
  {mocked: true},
);

pageTest(
  'an expert is followed through the answer',
  async (page) => {
    await page.askWithPanel(QUESTION);
    await page.tab.locator('.token').nth(0).click();
    await page.tab.locator('.chip').first().click();
    const expert = TOKENS[0].experts[0][TOKENS[0].weights[0].indexOf(Math.max(...TOKENS[0].weights[0]))];
    const fired = TOKENS.filter((token) => token.experts[0].includes(expert)).length;
    assert.match(
      await page.text('.pin-line'),
      new RegExp(`Expert ${expert} of layer 1 fired on ${fired} of ${TOKENS.length} tokens`),
    );
    assert.equal(await page.count('.token.fired'), fired);
    await page.tab.click('.pin-line button');
    assert.equal(await page.count('.token.fired'), 0);
  },
  {mocked: true},
);

pageTest(
  'the map follows the newest token while the answer runs',
  async (page) => {
    await page.tab.click('#toggle-panel');
    await page.send('slow please');
    await page.until(() => document.querySelectorAll('.token').length > 5);
    const place = () => page.text('.token-place');
    const before = await place();
    await page.until((old) => document.querySelector('.token-place').textContent !== old, before);
    await page.tab.locator('.token').nth(1).click();
    assert.match(await place(), /token 2 of/);
    await page.until(() => document.querySelectorAll('.token').length > 20);
    assert.match(await place(), /token 2 of/);
    await page.tab.keyboard.press('Escape');
    await page.ended();
  },
  {mocked: true},
);

pageTest(
  'load, balance and kinds',
  async (page) => {
    await page.askWithPanel(QUESTION);
    await page.tab.click('#tab-experts');
    const counts = MODEL.experts.layers.map((_, layer) => {
      const load = new Array(MODEL.experts.routed).fill(0);
      for (const token of TOKENS) for (const expert of token.experts[layer]) load[expert]++;
      return load;
    });
    const mean =
      counts.reduce((sum, load) => sum + (Math.max(...load) * load.length) / load.reduce((a, b) => a + b), 0) /
      counts.length;
    const unused = counts.flat().filter((count) => count === 0).length;
    const tiles = await page.texts('#tab-panel-experts .tiles dd:not(.hint)');
    assert.equal(tiles[0], mean.toFixed(2));
    assert.equal(tiles[2], String(unused));
    await page.tab.click('.as-table summary');
    assert.equal(await page.count('.as-table tbody tr'), MODEL.experts.layers.length);
    const kinds = (await page.texts('.kinds tbody th')).map((text) => text.split(/\s*\n\s*/));
    const digits = TOKENS.filter((token) => /^\d$/.test(token.text)).length;
    assert.deepEqual(
      kinds.find(([kind]) => kind === 'digits'),
      ['digits', String(digits)],
    );
    assert.match(
      await page.tab.locator('.kinds .chip').first().textContent(),
      /^Follow expert L\d·\d+, lift ×[\d.]+ for words$/,
    );
    await page.tab.locator('.kinds .chip').first().click();
    assert.ok(await page.tab.locator('.pin-line').isVisible());
  },
  {mocked: true},
);

pageTest('the load of the whole server', async (page) => {
  await page.askWithPanel('What is 2 + 5?');
  await page.tab.click('#tab-experts');
  await page.tab.click('label[for=scope-server]');
  await page.until(() => document.querySelector('.as-table tbody tr'));
  assert.match(
    await page.tab.getAttribute('#tab-panel-experts .map-canvas', 'aria-label'),
    /^Load of \d+ layers of \d+ experts/,
  );
});

const tiles = (page) => page.texts('#tab-panel-run .tiles > div');

pageTest(
  'the speed of an answer is drawn where it took long enough to have a curve',
  async (page) => {
    await page.askWithPanel('a steady answer');
    await page.tab.click('#tab-run');
    await page.tab.waitForSelector('.chart canvas');
    assert.match(await page.tab.getAttribute('.chart', 'aria-label'), /on average/);
    await page.ask('be brief');
    await page.tab.waitForSelector('.chart', {state: 'hidden'});
    assert.match(await page.text('#tab-panel-run'), /too short for a curve/);
    // Times of one clock: the server's.
    const [rate, first] = await tiles(page);
    assert.match(rate, /tokens a second\s+[\d.]+\s+4 tokens after the first in \d+ ms/);
    assert.match(first, /to the first token\s+21 ms\s+queued 0 ms/);
    assert.match(await page.text('.answer .figures'), /^5 tokens.*tok\/s/s);
    await page.tab.selectOption('#panel-answer select', {index: 0});
    await page.tab.waitForSelector('.chart canvas');
  },
  {mocked: true},
);

pageTest(
  'an answer of one token has no speed',
  async (page) => {
    await page.askWithPanel('one word');
    assert.match(await page.text('.answer .figures'), /^1 token\b/);
    assert.doesNotMatch(await page.text('.answer .figures'), /tok\/s/);
    await page.tab.click('#tab-run');
    assert.match((await tiles(page))[0], /–\s+one token has none/);
    assert.match(await page.text('#tab-panel-run'), /Too few tokens for a curve/);
  },
  {mocked: true},
);

pageTest('speed, cache and cost; the price is the reader’s to set', async (page) => {
  await page.askWithPanel('How many experts does DeepSeek-V3 have?');
  await page.tab.click('#tab-run');
  assert.match(await page.text('.cache-line'), /[KM]?i?B · .* a token/);
  const money = async () => Number((await page.texts('.bill tr:nth-child(3) td'))[0].replace('$', ''));
  const energy = () => page.tab.locator('.bill tr:nth-child(2) td').first().innerText();
  const before = await money();
  const joules = await energy();
  assert.ok(before > 0);
  await page.tab.fill('#panel-dollars_per_kwh', '1.5');
  await page.tab.press('#panel-dollars_per_kwh', 'Enter');
  await page.until(() => document.querySelector('.price .link'));
  const ratio = (await money()) / before;
  assert.ok(ratio > 9 && ratio < 11, `ten times the price made the cost ${ratio} times`);
  assert.equal(await energy(), joules);
  await page.tab.fill('#panel-watts', '6.5');
  await page.tab.press('#panel-watts', 'Enter');
  await page.until((old) => document.querySelector('.bill tr:nth-child(2) td').innerText !== old, joules);
  await page.tab.locator('.price .link').first().click();
  await page.until((old) => document.querySelector('.bill tr:nth-child(2) td').innerText === old, joules);
  assert.equal(await money(), before);
});

pageTest(
  'without recording, the answer comes and the panel says so',
  async (page) => {
    await page.tab.click('#open-settings');
    await page.tab.uncheck('#record');
    await page.tab.click('#settings-close');
    await page.ask(QUESTION);
    assert.ok(!('octet_trace' in mock().requests.at(-1)));
    await page.tab.click('#toggle-panel');
    assert.match(await page.text('#tab-panel-token .panel-empty'), /Nothing was recorded/);
  },
  {mocked: true},
);
