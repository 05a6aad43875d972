// The page's pure parts, without a browser: events cut anywhere, kinds of tokens, lift, balance, cost, branches, formats.
import assert from 'node:assert/strict';
import {webcrypto} from 'node:crypto';
import {createRequire} from 'node:module';
import path from 'node:path';
import {before, test} from 'node:test';
import {fileURLToPath, pathToFileURL} from 'node:url';

globalThis.crypto ??= webcrypto; // node 18 has it under this name only
const source = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../octet/serve/page/src');
let page;
before(async () => {
  const esbuild = createRequire(path.join(process.env.PAGE_MODULES, 'x.js'))('esbuild');
  const parts = [
    'sse',
    'numbers/kinds',
    'numbers/lift',
    'numbers/load',
    'numbers/cost',
    'numbers/rate',
    'numbers/format',
    'store/tree',
    'store/merge',
    'store/trace',
    'store/transfer',
  ];
  const contents = parts.map((part) => `export * from './${part}';`).join('\n');
  const outfile = path.join(process.env.PAGE_MODULES, '.units.mjs');
  await esbuild.build({
    stdin: {contents, resolveDir: source, loader: 'ts'},
    bundle: true,
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  page = await import(pathToFileURL(outfile));
});

test('events are the same however the bytes are cut', () => {
  const bytes = new TextEncoder().encode(
    ': waiting\n\ndata: {"a":"é𝄞"}\r\n\r\ndata:two\ndata: lines\nevent: x\n\n\ndata: [DONE]',
  );
  const whole = new page.EventReader();
  const expected = [...whole.push(bytes), ...whole.end()];
  assert.deepEqual(expected, ['{"a":"é𝄞"}', 'two\nlines', '[DONE]']);
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      const reader = new page.EventReader();
      const got = [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)].flatMap((part) =>
        reader.push(part),
      );
      assert.deepEqual([...got, ...reader.end()], expected, `cut at ${first} and ${second}`);
    }
  }
});

test('kinds of tokens', () => {
  const cases = [
    [' the', 'words'],
    ['ory', 'word pieces'],
    ['7', 'digits'],
    [' 42', 'digits'],
    ['.', 'punctuation'],
    [' +', 'punctuation'],
    ['\n\n', 'spaces'],
    [' ', 'spaces'],
    ['Die', 'words'],
    ['\uFFFD', 'other'],
    ['', 'other'],
    ['a1', 'other'],
    ['<｜end｜>', 'other'],
    [' über', 'words'],
  ];
  assert.deepEqual(
    page.kindsOf(cases.map(([text]) => text)),
    cases.map(([, kind]) => kind),
  );
  assert.deepEqual(page.kindsOf(['say', ' `', 'x', ' = 1', '`', ' and', '\n```', 'py\n', '1', '\n```', ' end']), [
    'words',
    'punctuation',
    'code',
    'code',
    'code',
    'words',
    'punctuation',
    'code',
    'code',
    'code',
    'words',
  ]);
});

// A trace of one layer: [text, experts] a token.
function traceOf(tokens) {
  const trace = new page.Trace();
  for (const [text, experts] of tokens)
    trace.append(
      {id: 1, text, logprob: 0, drafted: false, experts: [experts], weights: [experts.map(() => 0.5)]},
      0,
      false,
    );
  return trace;
}

test('lift against the formula', () => {
  const trace = traceOf([
    ['1', [0, 1]],
    ['2', [0, 1]],
    ['3', [0, 2]],
    [' a', [1, 2]],
    [' b', [1, 3]],
    [' c', [0, 3]],
  ]);
  const digits = page.preferences([trace], 4, 4).find((row) => row.kind === 'digits');
  assert.equal(digits.tokens, 3);
  // Expert 0 fired on 4 of 6 tokens, on 3 of 3 digits; 5 tokens of prior: (3 + 5 * 4/6) / (3 + 5) / (4/6).
  assert.deepEqual(
    {...digits.best[0], lift: digits.best[0].lift.toFixed(9)},
    {layer: 0, expert: 0, lift: ((3 + 20 / 6) / 8 / (4 / 6)).toFixed(9), fired: 3},
  );
  assert.ok(digits.best.every((one) => one.lift > 1));
});

test('balance: even and uneven loads', () => {
  const even = page.balance(new Float64Array([5, 5, 5, 5]));
  assert.deepEqual([even.maxOverMean, even.effective.toFixed(9), even.unused], [1, '4.000000000', 0]);
  const uneven = page.balance(new Float64Array([6, 2, 0, 0]));
  const entropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25));
  assert.deepEqual(
    [uneven.maxOverMean, uneven.effective.toFixed(9), uneven.unused, uneven.busiest],
    [3, Math.exp(entropy).toFixed(9), 2, 0],
  );
  assert.equal(page.balance(new Float64Array(3)).maxOverMean, 0);
  const load = new page.Load(1, 4);
  const trace = traceOf([
    ['1', [0, 1]],
    ['2', [0, 3]],
  ]);
  load.add(trace, 0);
  assert.deepEqual([...load.counts], [2, 1, 0, 1]);
});

test('cost at the server’s price and at another', () => {
  const cost = {answer_tokens: 10, flops: 5, joules: 7200, dollars: 0.0003, price: {watts: 60, dollars_per_kwh: 0.15}};
  assert.deepEqual(page.bill(cost, null), {answers: 1, tokens: 10, flops: 5, joules: 7200, dollars: 0.0003});
  const own = page.bill(cost, {watts: 120, dollars_per_kwh: 0.5});
  assert.equal(own.joules, 14400);
  assert.ok(Math.abs(own.dollars - 0.002) < 1e-12);
  assert.deepEqual(page.sum([own, own]), {answers: 2, tokens: 20, flops: 10, joules: 28800, dollars: 2 * own.dollars});
});

test('rates: a steady stream is steady, bursts do not spike', () => {
  const steady = Array.from({length: 200}, (_, at) => 1 + at / 50);
  const [times, values] = page.rates(steady, 40);
  assert.equal(times.length, 40);
  assert.ok(
    values.every((value) => value > 40 && value < 60),
    String(values),
  );
  const bursts = Array.from({length: 200}, (_, at) => 1 + Math.floor(at / 4) / 12.5);
  assert.ok(Math.max(...page.rates(bursts, 40)[1]) < 75);
  assert.deepEqual(page.rates([1, 2], 40), [[], []]);
  assert.deepEqual(page.rates([1, 1, 1, 1], 40), [[], []]);
  // An answer of less than a second would show how packets happened to arrive.
  assert.deepEqual(page.rates([0.1, 0.11, 0.12, 1.05], 40), [[], []]);
  assert.equal(page.rates([0.1, 0.4, 0.8, 1.15], 40)[0].length, 40);
});

test('the rate of an answer leaves out the token that came out of the prompt', () => {
  const rate = (answer_tokens, seconds_decode, tokens_per_second = 9) =>
    page.rateOf({answer_tokens, seconds_decode, tokens_per_second});
  assert.deepEqual(
    [rate(11, 2), rate(1, 0.00004), rate(1, 0), rate(0, 0), rate(5, 0), rate(5, 1, null)],
    [5, null, null, null, null, null],
  );
});

test('figures as they are shown', () => {
  assert.deepEqual(
    [page.si(1234, 'J'), page.si(0.00012, 'J'), page.si(0, 'J'), page.si(5e13, 'FLOP')],
    ['1.23 kJ', '120 µJ', '0 J', '50.0 TFLOP'],
  );
  assert.deepEqual(
    [page.dollars(12.345), page.dollars(0.00000123), page.dollars(0), page.dollars(1e-20)],
    ['$12.35', '$0.0000012', '$0', '$1.0e-20'],
  );
  assert.deepEqual([page.bytes(100), page.bytes(2048), page.bytes(5e9)], ['100 B', '2.00 KiB', '4.66 GiB']);
  assert.deepEqual([0.5, 0.012, 0.00001, 0, 0.995, 0.9999, 1].map(page.percent), [
    '50 %',
    '1.2 %',
    '<0.1 %',
    '0 %',
    '99.5 %',
    '>99.9 %',
    '100 %',
  ]);
  assert.deepEqual(
    [page.visible(' a\n'), page.spoken(' a'), page.spoken('\n'), page.visible('')],
    ['␣a⏎', 'space a', 'line break', '∅'],
  );
  assert.deepEqual([0, 1, 2, 1234].map(page.tokens), ['0 tokens', '1 token', '2 tokens', '1,234 tokens']);
  assert.deepEqual([page.parameters(6_291_456), page.parameters(671e9)], ['6.29M', '671B']);
});

test('branches', () => {
  const talk = page.newConversation('');
  const ask = (parent, text) => page.addMessage(talk, parent?.id ?? null, 'user', text);
  const first = ask(null, 'first question\nwith a second line');
  const answer = page.addMessage(talk, first.id, 'assistant', 'yes');
  const other = ask(null, 'other question');
  const names = () => page.pathOf(talk).map((message) => message.content);
  assert.equal(talk.title, 'other question');
  assert.deepEqual(names(), ['other question']);
  page.choose(talk, first);
  assert.deepEqual(names(), ['first question\nwith a second line', 'yes']);
  assert.deepEqual(page.siblingsOf(talk, first), [first, other]);
  const again = page.addMessage(talk, first.id, 'assistant', 'no');
  assert.deepEqual(page.siblingsOf(talk, answer), [answer, again]);
  talk.chosen = {'': 'somebody else'};
  assert.deepEqual(names(), ['other question']); // what is not there cannot be chosen: the newest is shown
  talk.messages.push({...first, id: 'x', parent: 'x'});
  assert.deepEqual(names(), ['other question']); // a circle is never entered
});

test('two versions of a conversation become one, and neither loses anything', () => {
  const stored = page.newConversation('');
  const question = page.addMessage(stored, null, 'user', 'first');
  const answer = page.addMessage(stored, question.id, 'assistant', 'yes');
  const mine = structuredClone(stored);
  const contents = (talk) => talk.messages.map(({content}) => content);
  const shown = (talk) => page.pathOf(talk).map(({content}) => content);
  const theirs = page.addMessage(stored, answer.id, 'user', 'theirs');
  page.addMessage(mine, answer.id, 'user', 'mine');
  Object.assign(mine, {title: 'a title of mine', named: true, changed: {...mine.changed, title: Date.now() + 1}});
  Object.assign(stored, {system: 'their system', changed: {...stored.changed, system: Date.now() + 1}});
  stored.changed[answer.id] = mine.changed[answer.id] + 1;
  const merged = page.merge(stored, mine);
  assert.deepEqual(contents(merged), ['first', 'yes', 'theirs', 'mine']);
  assert.deepEqual([merged.title, merged.named, merged.system], ['a title of mine', true, 'their system']);
  assert.deepEqual(shown(merged), ['first', 'yes', 'theirs']); // chosen last
  assert.deepEqual(page.merge(merged, mine), merged);
  assert.deepEqual(page.merge(merged, stored), merged);
  // Whoever reads a branch goes on reading it; and the messages are still the same objects.
  const before = mine.messages[0];
  const changed = page.takeUp(mine, merged, {own: undefined, read: true});
  assert.deepEqual([mine.messages[0], changed.map(({id}) => id)], [before, [theirs.id]]);
  assert.deepEqual(shown(mine), ['first', 'yes', 'mine']);
  assert.deepEqual(shown(page.merge(merged, mine)), ['first', 'yes', 'theirs']); // that is no choice
  page.takeUp(mine, merged, {own: undefined, read: false});
  assert.deepEqual(shown(mine), ['first', 'yes', 'theirs']);
});

test('of an answer, the version that came further is kept', () => {
  const version = (content, finish) => {
    const talk = {...page.newConversation(''), id: 'talk'};
    talk.messages.push({id: 'answer', parent: null, role: 'assistant', reasoning: '', content, finish});
    return talk;
  };
  const cases = [
    [['one', 'stopped'], ['one two', 'running'], 'running'],
    [['one', 'stopped'], ['one', 'running'], 'stopped'],
    [['one', 'stopped'], ['one', 'stop'], 'stop'],
    [['one two', 'failed'], ['one', 'stopped'], 'failed'],
  ];
  for (const [one, other, expected] of cases) {
    for (const pair of [
      [one, other],
      [other, one],
    ]) {
      const [merged] = page.merge(version(...pair[0]), version(...pair[1])).messages;
      assert.equal(merged.finish, expected, pair.join(' | '));
    }
  }
  const mine = version('one', 'running');
  const [own] = mine.messages;
  assert.deepEqual(page.takeUp(mine, version('one', 'stopped'), {own, read: true}), []);
  assert.equal(own.finish, 'running');
});

test('tokens without experts among those that have them', () => {
  const trace = new page.Trace();
  const token = (experts) =>
    trace.append({id: 1, text: 'x', logprob: 0, ...(experts ? {experts: [experts], weights: [[1, 1]]} : {})}, 0, false);
  [undefined, [1, 2], undefined, [2, 3]].forEach(token);
  const load = new page.Load(1, 4);
  load.add(trace);
  assert.deepEqual([...load.counts], [0, 1, 2, 1]);
  assert.deepEqual(page.Trace.fromJson(trace.toJson()).toJson(), trace.toJson());
});

test('a rate that is not known stays unknown in an export', () => {
  const talk = page.newConversation('');
  const question = page.addMessage(talk, null, 'user', 'one word');
  page.addMessage(talk, question.id, 'assistant', 'Yes').cost = {answer_tokens: 1, tokens_per_second: null};
  const text = page.exportJson([{conversation: talk, traces: new Map()}]);
  assert.ok(!('changed' in JSON.parse(text).conversations[0]));
  const [{conversation}] = page.importJson(text);
  assert.equal(conversation.messages[1].cost.tokens_per_second, null);
});

test('a trace survives packing, JSON and back', () => {
  const trace = traceOf(Array.from({length: 300}, (_, at) => [` w${at}`, [at % 32, (at * 7) % 32]]));
  const packed = page.Trace.unpack(structuredClone(trace.pack()));
  assert.deepEqual(packed.toJson(), trace.toJson());
  assert.deepEqual(page.Trace.fromJson(JSON.parse(JSON.stringify(trace.toJson()))).toJson(), trace.toJson());
  packed.append({id: 5, text: 'more', logprob: 0, drafted: true, experts: [[3, 4]], weights: [[1, 1]]}, 1, false);
  assert.deepEqual([...packed.expertsOf(300, 0)], [3, 4]);
  assert.deepEqual([...packed.expertsOf(299, 0)], [299 % 32, (299 * 7) % 32]);
});
