// A model that is none: canned answers cut into tokens, with a router that is a hash with a taste. Deterministic.

export const MODEL = {
  name: 'octet-mini',
  context: 4096,
  vocab: 2048,
  layers: 6,
  experts: {layers: [1, 2, 3, 4, 5], routed: 32, chosen: 8, shared: 1},
  mtp: true,
  thinking: false,
  parameters: 6_291_456,
  active_parameters: 2_483_200,
  cache_bytes_per_token: 960,
  sampling: {temperature: 0.6, top_p: 0.95},
};

const HOSTILE = `Here is <script>window.hacked = 1; alert('script')</script> and <img src=x onerror="window.hacked = 2; alert('img')">.

<iframe src="javascript:window.hacked = 3"></iframe><svg onload="window.hacked = 4"><animate onbegin="window.hacked = 4"/></svg>
<a href="javascript:window.hacked = 5">raw link</a> <style>body { display: none }</style> <form action="https://evil.example/"><input></form>

[a link](javascript:window.hacked=6) [coded](&#106;avascript:window.hacked=7) [data](data:text/html,<script>window.hacked=8</script>)
[quoted](https://example.com/"onmouseover="window.hacked=9) [good](https://example.com/page) [mail](mailto:someone@example.com)
<javascript:window.hacked=10> ![picture](https://evil.example/pixel.png) ![x](javascript:window.hacked=11 "t\\" onload=\\"x")

\`\`\`html" onmouseover="window.hacked=12
<script>window.hacked = 13</script>
\`\`\`

$\\href{javascript:window.hacked=14}{x}$ $\\htmlClass{evil}{x}$ $\\includegraphics{https://evil.example/p.png}$ $\\boxed{x^2}$ $\\undefinedthing{$

| <b onclick="window.hacked=15">cell</b> | [t](vbscript:x) |
|---|---|
| \`<script>\` | <details open ontoggle="window.hacked=16"> |

[reference]: javascript:window.hacked=17
[reference] <!-- comment --> <math><mtext><script>window.hacked=18</script></mtext></math> <template><script>1</script></template>`;

const MARKDOWN = `# Mixture of experts

A **router** picks *eight* of 32 experts for each token, see [the report](https://arxiv.org/abs/2412.19437).

1. Score every expert: $s_{i,t} = \\sigma(u_t^\\top e_i)$
2. Keep the best eight
3. Sum what they say

$$
h'_t = u_t + \\sum_{i=1}^{N_s} \\mathrm{FFN}^{(s)}_i(u_t) + \\sum_{i=1}^{N_r} g_{i,t}\\,\\mathrm{FFN}^{(r)}_i(u_t)
$$

| layer | experts | at work |
|:--|--:|--:|
| 0 | – | dense |
| 1 to 5 | 32 | 8 |

\`\`\`python
def route(scores, bias, k=8):
    """The bias decides the choice only."""
    chosen = sorted(range(len(scores)), key=lambda i: -(scores[i] + bias[i]))[:k]
    total = sum(scores[i] for i in chosen)
    return [(i, scores[i] / total) for i in chosen]  # weights
\`\`\`

> It costs $5 to $6 an hour, said somebody.

- [x] \`inline code\` too
- ~~nothing else~~
`;

const ANSWERS = [
  [/hostile/i, {text: HOSTILE}],
  [/markdown/i, {text: MARKDOWN}],
  [/slow/i, {text: 'One word after another, slowly, so that there is time to stop it. '.repeat(40), delay: 40}],
  [
    /long/i,
    {
      text: 'This paragraph is one of many, and each takes a few lines of the page to be shown in full.\n\n'.repeat(30),
      delay: 1,
    },
  ],
  [/steady/i, {text: 'A steady stream of words that takes two seconds or a little more. '.repeat(4), delay: 40}],
  [/one word/i, {text: 'Yes'}],
  [/brief/i, {text: 'Briefly: no.', delay: 0}],
  [/think/i, {reasoning: 'The user wants 6 times 7. Six sevens are 42.', text: 'It is **42**.'}],
  [/fail/i, {text: 'This answer begins well and then', error: 'The engine ran out of patience.'}],
  [/break/i, {text: 'The connection will', cut: true}],
  [/47 \+ 38/, {text: '47 + 38 = 85. Add the tens: 40 + 30 = 70. Add the ones: 7 + 8 = 15. Together: 70 + 15 = 85.'}],
  [/sort/i, {text: 'From small to large: 3, 7, 19, 42.'}],
  [
    /experts/i,
    {
      text: 'DeepSeek-V3 has 256 routed experts and 1 shared expert in each of its 58 MoE layers. 8 of the 256 work on a token, so 37 billion of its 671 billion parameters are active.',
    },
  ],
  [/joke/i, {text: 'Why was six afraid of seven? Because seven ate nine.'}],
];

export function answerTo(messages, count) {
  const question = messages[messages.length - 1]?.content ?? '';
  const found = ANSWERS.find(([pattern]) => pattern.test(question));
  if (found) return {delay: 8, ...found[1]};
  const system = messages[0]?.role === 'system' ? ` (${messages[0].content})` : '';
  return {delay: 8, text: `You said “${question}”${system}. This is answer ${count}.`};
}

export const tokenize = (text) => text.match(/ ?[\p{L}]{1,5}|\d| ?[^\s\p{L}\d]|\n+| /gu) ?? [];

function hash(...parts) {
  let value = 2166136261;
  for (const part of parts) {
    for (const character of String(part)) value = Math.imul(value ^ character.codePointAt(0), 16777619);
  }
  value ^= value >>> 13;
  value = Math.imul(value, 0x5bd1e995);
  return ((value ^ (value >>> 15)) >>> 0) / 2 ** 32;
}

function kind(text) {
  return /\d/.test(text)
    ? 'digit'
    : /^ \p{L}/u.test(text)
      ? 'word'
      : /\p{L}/u.test(text)
        ? 'piece'
        : /\S/.test(text)
          ? 'sign'
          : 'blank';
}

function route(text, position, layer) {
  const scores = Array.from({length: MODEL.experts.routed}, (_, expert) => ({
    expert,
    score:
      1.2 * hash('kind', kind(text), layer, expert) +
      0.9 * hash('token', text, layer, expert) +
      0.5 * hash(position, layer, expert) +
      0.3 * hash('bias', layer, expert),
  }));
  const best = scores.sort((a, b) => b.score - a.score).slice(0, MODEL.experts.chosen);
  const total = best.reduce((sum, one) => sum + one.score ** 4, 0);
  return {experts: best.map((one) => one.expert), weights: best.map((one) => one.score ** 4 / total)};
}

export function trace(text, position, wanted) {
  const layers = MODEL.experts.layers.map((layer) => route(text, position, layer));
  const probability = 0.3 + 0.7 * hash('sure', text, position) ** 0.4;
  const words = [
    ' the',
    ' a',
    ' one',
    '.',
    ' 8',
    ' of',
    ',',
    ' and',
    '\n',
    ' it',
    ' in',
    ' seven',
    '0',
    ' to',
    ' is',
    '!',
    ' so',
    ' as',
    ' more',
    '?',
  ];
  let rest = 1 - probability;
  const others = words
    .filter((word) => word !== text)
    .slice(0, Math.max(0, (wanted.alternatives ?? 0) - 1))
    .map((word, index) => {
      const share = rest * 0.55;
      rest -= share;
      return {id: 100 + index, text: word, probability: share};
    });
  const own = {id: 300 + Math.floor(1700 * hash(text)), text, probability};
  return {
    id: own.id,
    text,
    logprob: Math.log(probability),
    drafted: position % 3 === 2 && hash('draft', text, position) < 0.8,
    ...(wanted.experts ? {experts: layers.map((one) => one.experts), weights: layers.map((one) => one.weights)} : {}),
    ...(wanted.alternatives ? {alternatives: [own, ...others]} : {}),
  };
}

export function cost(promptTokens, answer, seconds) {
  const drafted = Math.floor(answer.length / 3);
  const accepted = answer.filter((token) => token.drafted).length;
  const joules = 65 * seconds;
  return {
    prompt_tokens: promptTokens,
    cached_tokens: Math.floor(promptTokens / 2),
    answer_tokens: answer.length,
    drafted_tokens: Math.max(drafted, accepted),
    accepted_tokens: accepted,
    seconds_queued: 0.0004,
    seconds_prefill: 0.021,
    seconds_decode: seconds,
    tokens_per_second: answer.length > 1 && seconds > 0 ? (answer.length - 1) / seconds : null,
    cache_bytes: (promptTokens + answer.length) * MODEL.cache_bytes_per_token,
    flops: 2 * MODEL.active_parameters * (promptTokens + answer.length),
    joules,
    dollars: (joules / 3.6e6) * 0.15,
    price: {watts: 65, dollars_per_kwh: 0.15},
  };
}
