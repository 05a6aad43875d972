// One token: how sure the model was of it, what else it might have said, and which experts made it.
import type {TokenRecord, Trace} from '../store/trace';
import {percent, visible} from '../numbers/format';
import {type Kind, KIND_NAMES} from '../numbers/kinds';
import {h, hidden} from '../view/dom';
import {roving} from '../view/roving';
import type {Cell} from './expert_map';

function alternativeRow(text: string, probability: number, taken: boolean): HTMLElement {
  const bar = h('span', {class: 'bar'}, h('i'));
  (bar.firstElementChild as HTMLElement).style.width = `${Math.max(0.5, 100 * probability)}%`;
  return h(
    'li',
    {class: taken ? 'taken' : ''},
    h('code', {}, visible(text)),
    bar,
    h('span', {class: 'number'}, percent(probability)),
    taken && hidden(', taken'),
  );
}

export function alternatives(token: TokenRecord): HTMLElement {
  const own = Math.exp(token.logprob);
  const rows = token.alternatives.map((one) => ({...one, taken: one.id === token.id}));
  if (!rows.some((row) => row.taken)) rows.push({id: token.id, text: token.text, probability: own, taken: true});
  rows.sort((a, b) => b.probability - a.probability);
  const rest = 1 - rows.reduce((sum, row) => sum + row.probability, 0);
  return h(
    'div',
    {},
    h(
      'ol',
      {class: 'alternatives', 'aria-label': 'Alternatives'},
      ...rows.map((row) => alternativeRow(row.text, row.probability, row.taken)),
    ),
    h(
      'p',
      {class: 'hint'},
      token.alternatives.length
        ? `All other tokens together: ${percent(Math.max(0, rest))}`
        : 'No alternatives were recorded.',
    ),
  );
}

export function tokenHead(token: TokenRecord, index: number, total: number, kind: Kind): HTMLElement {
  const facts: [string, string, string][] = [
    ['Probability', `${percent(Math.exp(token.logprob))} sure`, 'sure'],
    ['Origin', token.drafted ? 'drafted by MTP' : 'not drafted', token.drafted ? 'is-drafted' : ''],
    ['Kind', token.thinking ? `${KIND_NAMES[kind]}, thinking` : KIND_NAMES[kind], ''],
  ];
  return h(
    'div',
    {class: 'token-head'},
    h('code', {class: 'token-glyph'}, visible(token.text)),
    h('p', {class: 'token-place'}, `token ${index + 1} of ${total} · id ${token.id}`),
    h(
      'dl',
      {class: 'token-facts'},
      ...facts.map(([name, value, classes]) =>
        h('div', {class: classes}, h('dt', {class: 'visually-hidden'}, name), h('dd', {}, value)),
      ),
    ),
  );
}

// One row a layer, the experts by falling weight. Each is a button that pins the expert.
export function expertTable(
  trace: Trace,
  token: number,
  names: number[],
  pinned: Cell | null,
  pin: (cell: Cell) => void,
): HTMLElement {
  const rows = Array.from({length: trace.layers}, (_, layer) => {
    const experts = trace.expertsOf(token, layer);
    const weights = trace.weightsOf(token, layer);
    const order = Array.from(experts.keys())
      .filter((k) => weights[k] > 0)
      .sort((a, b) => weights[b] - weights[a]);
    const most = weights[order[0]] || 1;
    const name = names[layer] ?? layer;
    const chips = order.map((k) => {
      const chosen = pinned?.layer === layer && pinned.expert === experts[k];
      return h(
        'button',
        {
          type: 'button',
          class: `chip heat-${heatStep(weights[k] / most)}`,
          'aria-pressed': String(chosen),
          onclick: () => pin({layer, expert: experts[k]}),
        },
        hidden(`Layer ${name}, expert `),
        h('b', {}, String(experts[k])),
        hidden(', weight '),
        h('small', {}, weights[k].toFixed(2).replace(/^0/, '')),
      );
    });
    return h(
      'div',
      {class: 'expert-row', role: 'group', 'aria-label': `Layer ${name}`},
      h('span', {class: 'layer-name', 'aria-hidden': 'true'}, `L${name}`),
      ...chips,
    );
  });
  const table = h('div', {class: 'expert-table'}, ...rows);
  roving(table, '.chip', trace.chosen);
  return table;
}

const heatStep = (share: number) => (share > 0.8 ? 3 : share > 0.5 ? 2 : share > 0.25 ? 1 : 0);
