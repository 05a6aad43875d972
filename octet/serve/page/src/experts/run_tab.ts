// How fast the answer came, what it holds in memory, and what it cost.
import type {App} from '../app';
import {bill, sum} from '../numbers/cost';
import {bytes, count, digits, dollars, percent, seconds, si, tokens} from '../numbers/format';
import {rateOf} from '../numbers/rate';
import type {Message} from '../store/tree';
import type {Cost} from '../wire';
import {h} from '../view/dom';
import {pricePart} from '../view/price_fields';
import {RateChart} from './rate_chart';

function tile(value: string, name: string, note: string): HTMLElement {
  return h('div', {}, h('dt', {}, name), h('dd', {}, value), h('dd', {class: 'hint'}, note));
}

// A lamp of 10 W is what everybody has: how long it would burn.
function lamp(joules: number): string {
  return `a 10 W lamp for ${seconds(joules / 10)}`;
}

export class RunTab {
  readonly root = h('div');
  private readonly chart = new RateChart();
  private readonly tiles = h('dl', {class: 'tiles two'});
  private readonly cache = h('div');
  private readonly cost = h('div');
  private readonly price = h('div');
  private readonly empty = h('p', {class: 'panel-empty'}, 'Speed and cost come with an answer.');
  private readonly body: HTMLElement;
  private priced = '';

  constructor(private readonly app: App) {
    this.body = h(
      'div',
      {class: 'stack'},
      h('section', {class: 'group'}, h('h3', {}, 'Speed'), this.chart.root, this.tiles),
      h('section', {class: 'group'}, h('h3', {}, 'Cost of the answer'), this.cost, this.price),
      h('section', {class: 'group'}, h('h3', {}, 'Latent cache'), this.cache),
    );
    this.root.append(this.empty, this.body);
  }

  update(answer: Message | null): void {
    this.empty.hidden = answer !== null;
    this.body.hidden = answer === null;
    if (!answer) return;
    const arrivals = this.app.traceOf(answer)?.tokens.map((token) => token.seconds) ?? [];
    this.chart.show(arrivals, answer.finish === 'running');
    this.showTiles(answer);
    this.showCost(answer);
    this.showCache(answer.cost);
    this.showPrice();
  }

  private showTiles({cost, firstToken}: Message): void {
    const known = (value: string | undefined) => value ?? '–';
    const accepted = cost && cost.drafted_tokens > 0 ? percent(cost.accepted_tokens / cost.drafted_tokens) : undefined;
    const rate = cost && rateOf(cost);
    // Both times are the server's, so that they fit together; until it states them, the first is this browser's.
    const first = cost ? cost.seconds_queued + cost.seconds_prefill : firstToken;
    this.tiles.replaceChildren(
      tile(
        known(typeof rate === 'number' ? digits(rate) : undefined),
        'tokens a second',
        !cost ? 'with the last token' : rate === null ? 'one token has none' : this.pace(cost),
      ),
      tile(
        known(first !== undefined ? seconds(first) : undefined),
        'to the first token',
        cost ? `queued ${seconds(cost.seconds_queued)}` : ' ',
      ),
      tile(
        known(cost && count(cost.prompt_tokens)),
        'prompt tokens',
        cost ? `${count(cost.cached_tokens)} from the cache` : ' ',
      ),
      tile(
        known(accepted),
        'drafts accepted',
        cost ? `${count(cost.accepted_tokens)} of ${count(cost.drafted_tokens)} by MTP` : ' ',
      ),
    );
  }

  private pace({answer_tokens, seconds_decode}: Cost): string {
    return `${tokens(answer_tokens - 1)} after the first in ${seconds(seconds_decode)}`;
  }

  private showCost({cost}: Message): void {
    const {price} = this.app.settings;
    const own = cost && bill(cost, price);
    const all = sum(
      this.app.current.messages
        .map((message) => message.cost)
        .filter((one) => one !== undefined)
        .map((one) => bill(one, price)),
    );
    const row = (name: string, pick: (which: typeof all) => string) =>
      h(
        'tr',
        {},
        h('th', {scope: 'row'}, name),
        h('td', {}, own ? pick(own) : '–'),
        h('td', {}, all.answers ? pick(all) : '–'),
      );
    this.cost.replaceChildren(
      h(
        'table',
        {class: 'bill'},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('td', {}),
            h('th', {scope: 'col'}, 'This answer'),
            h('th', {scope: 'col'}, `All answers (${all.answers})`),
          ),
        ),
        h(
          'tbody',
          {},
          row('Arithmetic', (one) => si(one.flops, 'FLOP')),
          row('Energy', (one) => si(one.joules, 'J')),
          row('Price', (one) => dollars(one.dollars)),
          row('A million tokens', (one) => (one.tokens ? dollars((1e6 * one.dollars) / one.tokens) : '–')),
        ),
      ),
      h(
        'p',
        {class: 'hint'},
        own
          ? `As much energy as ${lamp(own.joules)}. Energy is watts times the time that the engine gave to this answer.`
          : 'Stated with the last token of the answer.',
      ),
    );
  }

  private showCache(cost: Cost | undefined): void {
    const {model} = this.app;
    const held = cost ? cost.prompt_tokens + cost.answer_tokens : 0;
    const share = model ? held / model.context : 0;
    const meter = h('span', {class: 'meter'}, h('i'));
    (meter.firstElementChild as HTMLElement).style.width = `${Math.min(100, 100 * share)}%`;
    this.cache.replaceChildren(
      h(
        'p',
        {class: 'cache-line'},
        h('b', {}, cost ? bytes(cost.cache_bytes) : '–'),
        model ? ` · ${bytes(model.cache_bytes_per_token)} a token` : '',
      ),
      meter,
      h('p', {class: 'hint'}, model ? `${count(held)} of ${count(model.context)} tokens of the context` : ''),
    );
  }

  // Built anew only if the figures changed: the user may be typing in it.
  private showPrice(): void {
    const state = JSON.stringify([
      this.app.settings.price,
      this.app.current.id,
      this.app.current.messages.some((message) => message.cost),
    ]);
    if (state === this.priced) return;
    this.priced = state;
    const focused = this.price.contains(document.activeElement) ? document.activeElement!.id : '';
    this.price.replaceChildren(pricePart(this.app, 'panel'));
    if (focused) document.getElementById(focused)?.focus();
  }
}
