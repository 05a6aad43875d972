// Asking and answering: streaming, stopping, settings, failures.
import assert from 'node:assert/strict';
import {mock, pageTest, real} from './harness.mjs';

pageTest('an answer streams in, with its figures at the end', async (page) => {
  await page.send('How many experts does DeepSeek-V3 have?');
  await page.tab.waitForSelector('.answer');
  await page.ended();
  assert.equal(await page.count('.question'), 1);
  assert.ok((await page.text('.answer .markdown')).length > 5);
  assert.match(await page.text('.answer .figures'), /\d+ tokens·?\s*.*tok\/s.*FLOP.*J.*\$/s);
  assert.equal(await page.text('.conversation'), 'How many experts does DeepSeek-V3 have?');
});

pageTest(
  'text is there before the answer ends',
  async (page) => {
    await page.send('slow please');
    await page.until(() => document.querySelector('.answer.running > .markdown')?.innerText.length > 20);
    const early = (await page.text('.answer .markdown')).length;
    await page.until(
      (length) => document.querySelector('.answer.running > .markdown').innerText.length > length + 20,
      early,
    );
    assert.equal(await page.tab.getAttribute('.answer', 'aria-busy'), 'true');
  },
  {mocked: true},
);

pageTest(
  'what is asked: the messages, the settings, the trace',
  async (page) => {
    await page.tab.click('#open-settings');
    await page.tab.fill('#system', 'Be brief');
    await page.tab.fill('#sampling-temperature', '0.3');
    await page.tab.fill('#sampling-max_tokens', '200');
    await page.tab.fill('#stop-texts', 'END | STOP');
    await page.tab.fill('#alternatives', '3');
    await page.tab.press('#alternatives', 'Tab');
    await page.tab.keyboard.press('Escape');
    await page.ask('first thing');
    await page.ask('second thing');
    const {messages, ...fields} = mock().requests.at(-1);
    assert.deepEqual(
      messages.map(({role}) => role),
      ['system', 'user', 'assistant', 'user'],
    );
    assert.deepEqual(
      [messages[0].content, messages[1].content, messages[3].content],
      ['Be brief', 'first thing', 'second thing'],
    );
    assert.deepEqual(fields, {
      model: 'octet-mini',
      temperature: 0.3,
      max_tokens: 200,
      stop: ['END', 'STOP'],
      stream: true,
      stream_options: {include_usage: true},
      octet_trace: {experts: true, alternatives: 3},
    });
    assert.match(await page.text('.answer .markdown'), /Be brief/);
  },
  {mocked: true},
);

// Each setting is typed and left; returns what then stands beside its field.
async function set(page, name, text) {
  await page.tab.locator(`#sampling-${name}`).fill('');
  await page.tab.locator(`#sampling-${name}`).pressSequentially(text);
  await page.tab.press(`#sampling-${name}`, 'Tab');
  return page.tab.locator(`#sampling-${name}-hint`).innerText();
}

pageTest(
  'whatever number the server takes is taken, between the arrows’ steps too',
  async (page) => {
    const wanted = {
      temperature: 0.33,
      top_p: 0.955,
      top_k: -1,
      min_p: 0.005,
      repetition_penalty: 1.005,
      presence_penalty: 0.25,
      frequency_penalty: -1.234,
      max_tokens: 2147483647,
      seed: -9007199254740991,
    };
    await page.tab.click('#open-settings');
    for (const [name, value] of Object.entries(wanted)) {
      assert.doesNotMatch(await set(page, name, String(value)), /Not taken/, name);
    }
    assert.equal(await page.count('input.wrong'), 0);
    assert.equal(await page.count('.settings input:invalid'), 0);
    await page.tab.press('#sampling-temperature', 'ArrowUp');
    assert.equal(await page.tab.inputValue('#sampling-temperature'), '0.35');
    await set(page, 'temperature', '0.33');
    await page.tab.click('#settings-close');
    await page.ask('anything');
    const sent = mock().requests.at(-1);
    assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, sent[name]])), wanted);
  },
  {mocked: true},
);

pageTest(
  'a wrong setting is refused in words, and the one before it stays',
  async (page) => {
    await page.tab.click('#open-settings');
    await set(page, 'temperature', '0.7');
    const cases = [
      ['temperature', '101', 'Not taken: a number from 0 to 100 is wanted. It stays 0.7.'],
      ['temperature', '-', 'Not taken: a number from 0 to 100 is wanted. It stays 0.7.'],
      ['top_p', '1.01', 'Not taken: a number from 0 to 1 is wanted. It stays the server’s default.'],
      ['max_tokens', '99999999999', /from 1 to 2147483647 is wanted/],
      ['top_k', '1.5', /a whole number from −1 to/],
    ];
    for (const [name, text, words] of cases) {
      const said = await set(page, name, text);
      if (typeof words === 'string') assert.equal(said, words);
      else assert.match(said, words);
      assert.ok(await page.tab.locator(`#sampling-${name}.wrong[aria-invalid=true]`).isVisible());
    }
    await page.tab.click('#settings-close');
    await page.ask('anything');
    const {temperature, top_p, max_tokens, top_k} = mock().requests.at(-1);
    assert.deepEqual([temperature, top_p, max_tokens, top_k], [0.7, undefined, undefined, undefined]);
    await page.tab.click('#open-settings');
    assert.doesNotMatch(await set(page, 'temperature', '0.5'), /Not taken/);
    assert.equal(await page.count('input.wrong'), 0);
    await set(page, 'temperature', '');
    await page.tab.click('#settings-close');
    await page.ask('anything');
    assert.ok(!('temperature' in mock().requests.at(-1)));
  },
  {mocked: true},
);

// A real small model ends soon by itself, which leaves no time to stop it: there it is told not to.
async function startLong(page) {
  if (real) {
    await page.tab.route('**/v1/chat/completions', (route) =>
      route.continue({postData: JSON.stringify({...route.request().postDataJSON(), ignore_eos: true})}),
    );
  }
  await page.send(real ? 'Tell me a story.' : 'slow please');
  await page.until(() => document.querySelector('.answer.running > .markdown')?.innerText.length > 8);
}

pageTest('the button stops an answer, and what was said stays', async (page) => {
  await startLong(page);
  await page.tab.click('#send');
  await page.ended();
  assert.match(await page.text('.answer .figures'), /stopped/);
  const said = await page.text('.answer .markdown');
  assert.ok(said.length > 8);
  await page.tab.waitForTimeout(300);
  assert.equal(await page.text('.answer .markdown'), said);
});

pageTest('Escape stops too', async (page) => {
  await startLong(page);
  await page.tab.keyboard.press('Escape');
  await page.ended();
  assert.match(await page.text('.answer .figures'), /stopped/);
});

pageTest(
  'Markdown, formulas and code',
  async (page) => {
    await page.ask('show markdown');
    const answer = page.tab.locator('.answer');
    assert.equal(await answer.locator('h3.depth-1').innerText(), 'Mixture of experts');
    assert.equal(await answer.locator('ol li').count(), 3);
    assert.equal(await answer.locator('.katex').count(), 2);
    assert.equal(await answer.locator('.formula-display').count(), 1);
    assert.equal(await answer.locator('td[align=right]').count(), 4);
    assert.ok((await answer.locator('.code .hljs-keyword').count()) > 3);
    assert.match(await answer.locator('blockquote').innerText(), /\$5 to \$6/);
    assert.match(await answer.locator('.katex math annotation').first().textContent(), /sigma/);
  },
  {mocked: true},
);

pageTest(
  'thoughts are folded',
  async (page) => {
    await page.ask('think about it');
    assert.match(await page.text('.thinking summary'), /^Thought for/);
    assert.equal(await page.tab.locator('.thinking .markdown').isVisible(), false);
    await page.tab.click('.thinking summary');
    assert.match(await page.text('.thinking .markdown'), /Six sevens/);
    assert.equal(await page.text('.answer > .markdown'), 'It is 42.');
  },
  {mocked: true},
);

pageTest(
  'an error in the stream keeps what was said, and says what went wrong',
  async (page) => {
    await page.ask('please fail');
    assert.match(await page.text('.answer .markdown'), /begins well/);
    assert.match(await page.text('.answer .failure'), /out of patience/);
    await page.tab.click('.answer .failure button');
    await page.ended();
    assert.match(await page.text('.switch-place'), /^2\/2/);
  },
  {mocked: true},
);

pageTest(
  'a broken connection and a refusal are said in a sentence',
  async (page) => {
    await page.ask('break it');
    assert.match(await page.text('.answer:last-child .failure'), /connection broke|stream ended/);
    await page.ask('refuse it');
    assert.match(await page.text('.answer:last-child .failure'), /temperature: expected 0 to 2/);
    await page.ask('and then?');
    const asked = mock()
      .requests.at(-1)
      .messages.map(({content}) => content);
    assert.deepEqual([asked[0], asked.at(-1), asked.length], ['break it', 'and then?', 3]); // what was refused is left out
    // Chromium itself writes both to its console.
    const own = page.problems.filter((problem) => /Failed to load resource|net::ERR/.test(problem));
    page.problems = page.problems.filter((problem) => !own.includes(problem));
  },
  {mocked: true},
);

pageTest(
  'nothing jumps while an answer streams',
  async (page) => {
    await page.ask('show markdown');
    await page.ask('long please');
    await page.tab.evaluate(() => {
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
      }).observe({type: 'layout-shift'});
    });
    await page.send('slow please');
    await page.until(() => document.querySelector('.answer:last-child > .markdown').innerText.length > 60);
    const box = await page.tab.locator('.composer').boundingBox();
    // Whoever scrolled up to read is left there.
    await page.tab.mouse.move(600, 300);
    await page.tab.mouse.wheel(0, -900);
    await page.until(() => !document.querySelector('#jump').hidden);
    const place = await page.tab.evaluate(() => document.querySelector('#scroller').scrollTop);
    await page.tab.waitForTimeout(900);
    assert.equal(await page.tab.evaluate(() => document.querySelector('#scroller').scrollTop), place);
    assert.deepEqual(await page.tab.locator('.composer').boundingBox(), box);
    // Whoever is at the end stays at the end.
    await page.tab.click('#jump');
    const atEnd = () => {
      const {scrollHeight, scrollTop, clientHeight} = document.querySelector('#scroller');
      return scrollHeight - scrollTop - clientHeight < 2;
    };
    await page.until(atEnd);
    await page.tab.waitForTimeout(600);
    assert.ok(await page.tab.evaluate(atEnd));
    await page.tab.keyboard.press('Escape');
    await page.ended();
    assert.ok((await page.tab.evaluate(() => window.shift)) < 0.02);
  },
  {mocked: true},
);
