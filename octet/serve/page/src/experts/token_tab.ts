// The answer as tokens; for the chosen one (the newest, while the answer runs) its map of experts and its details.
import type {App} from '../app';
import {spoken} from '../numbers/format';
import {kindsOf} from '../numbers/kinds';
import {Load} from '../numbers/load';
import type {Trace} from '../store/trace';
import type {Message} from '../store/tree';
import {h} from '../view/dom';
import {icon} from '../view/icons';
import {type Cell, ExpertMap} from './expert_map';
import {alternatives, expertTable, tokenHead} from './token_detail';
import {TokenFlow} from './token_flow';

const FIRED = 0.45; // where the heat of fired experts begins; below lies how often each fired in the answer

export class TokenTab {
  readonly root = h('div');
  private readonly flow = new TokenFlow((token) => this.choose(token));
  private readonly map: ExpertMap;
  private readonly empty = h('p', {class: 'panel-empty'});
  private readonly body: HTMLElement;
  private readonly head = h('div', {class: 'slot-head'});
  private readonly others = h('div', {class: 'slot-alternatives'});
  private readonly table = h('div', {class: 'slot-experts'});
  private readonly pinLine = h('div', {class: 'pin-line'});
  private trace: Trace | null = null;
  private chosen: number | null = null; // null: the newest
  private pinned: Cell | null = null;
  private load: Load | null = null;
  private counted = 0;
  private drawn = ''; // what the details show

  constructor(private readonly app: App) {
    this.map = new ExpertMap(
      (cell) => this.describe(cell),
      'A click follows an expert through the answer.',
      (cell) => this.pin(cell),
    );
    this.body = h(
      'div',
      {class: 'stack'},
      h('section', {class: 'group', 'aria-label': 'Tokens'}, this.flow.root, this.legend(), this.pinLine),
      h('section', {class: 'group', 'aria-label': 'Experts of the token'}, this.head, this.map.root),
      h('section', {class: 'group'}, h('h3', {}, 'What it might have said'), this.others),
      h('section', {class: 'group'}, h('h3', {}, 'Experts by weight'), this.table),
    );
    this.root.append(this.empty, this.body);
    this.showPin(0);
  }

  private legend(): HTMLElement {
    const sure = [0, 1, 2, 3].map((step) => h('i', {class: `swatch sure-${step}`}));
    return h(
      'p',
      {class: 'legend'},
      h('span', {}, 'unsure ', ...sure, ' sure'),
      h('span', {}, h('i', {class: 'swatch drafted'}), ' drafted by MTP'),
    );
  }

  update(answer: Message | null): void {
    const trace = (answer && this.app.traceOf(answer)) ?? null;
    if (trace !== this.trace) this.reset(trace);
    const running = answer?.finish === 'running';
    const blank = !trace?.tokens.length;
    this.empty.hidden = !blank;
    this.body.hidden = blank;
    if (blank) {
      this.empty.textContent = !answer
        ? 'Ask something: its answer is shown here, token by token, with the experts that made it.'
        : running
          ? 'Waiting for the first token…'
          : 'Nothing was recorded of this answer.';
      return;
    }
    this.flow.update(trace);
    if (this.pinned) this.showPin(this.flow.pin(this.pinned));
    this.show(trace, running);
  }

  private reset(trace: Trace | null): void {
    this.trace = trace;
    this.chosen = null;
    this.load = null;
    this.counted = 0;
    this.drawn = '';
  }

  private choose(token: number | null): void {
    this.chosen = token;
    if (this.trace) this.show(this.trace, false);
  }

  private names(): number[] {
    return this.app.model?.experts.layers ?? [];
  }

  private experts(trace: Trace): number {
    if (this.app.model) return this.app.model.experts.routed;
    let most = 0;
    for (const expert of trace.pack().experts) most = Math.max(most, expert);
    return most + 1;
  }

  private show(trace: Trace, running: boolean): void {
    const token = this.chosen ?? trace.tokens.length - 1;
    this.flow.select(token, this.chosen === null);
    this.showMap(trace, token, running && this.chosen === null);
    const state = `${token}/${trace.tokens.length}/${this.pinned?.layer}/${this.pinned?.expert}`;
    if (state === this.drawn) return;
    this.drawn = state;
    const kinds = kindsOf(trace.tokens.slice(0, token + 1).map((one) => one.text));
    this.head.replaceChildren(tokenHead(trace.tokens[token], token, trace.tokens.length, kinds[token]));
    this.others.replaceChildren(alternatives(trace.tokens[token]));
    const focused = this.table.contains(document.activeElement);
    this.table.replaceChildren(
      trace.layers
        ? expertTable(trace, token, this.names(), this.pinned, (cell) => this.pin(cell))
        : h('p', {class: 'hint'}, 'Experts were not recorded.'),
    );
    if (focused) this.table.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }

  private showMap(trace: Trace, token: number, glowing: boolean): void {
    this.map.root.hidden = !trace.layers;
    if (!trace.layers) return;
    const experts = this.experts(trace);
    if (!this.load) this.load = new Load(trace.layers, experts);
    this.load.add(trace, this.counted);
    this.counted = trace.tokens.length;
    const names =
      this.names().length === trace.layers ? this.names() : Array.from({length: trace.layers}, (_, layer) => layer);
    this.map.shape(names, experts);
    const heat = new Float32Array(trace.layers * experts);
    const words: string[] = [];
    for (let layer = 0; layer < trace.layers; layer++) {
      const counts = this.load.layer(layer);
      const most = counts.reduce((a, b) => Math.max(a, b), 1);
      counts.forEach((count, expert) => (heat[layer * experts + expert] = (0.3 * count) / most));
      const weights = trace.weightsOf(token, layer);
      const heaviest = weights.reduce((a, b) => Math.max(a, b), 1e-9);
      trace
        .expertsOf(token, layer)
        .forEach((expert, k) => (heat[layer * experts + expert] = FIRED + (1 - FIRED) * (weights[k] / heaviest)));
      words.push(`layer ${names[layer]}: ${Array.from(trace.expertsOf(token, layer)).join(', ')}`);
    }
    this.map.show(
      heat,
      `Experts that fired for “${spoken(trace.tokens[token].text)}”. ${words.join('; ')}.`,
      this.pinned,
      glowing,
    );
  }

  private describe(cell: Cell): string {
    const name = this.names()[cell.layer] ?? cell.layer;
    const fired = this.load?.layer(cell.layer)[cell.expert] ?? 0;
    const {trace} = this;
    if (!trace) return '';
    const k = trace.expertsOf(this.chosen ?? trace.tokens.length - 1, cell.layer).indexOf(cell.expert);
    const weight =
      k >= 0 ? `, weight ${trace.weightsOf(this.chosen ?? trace.tokens.length - 1, cell.layer)[k].toFixed(3)}` : '';
    return `Layer ${name}, expert ${cell.expert}${weight} · fired on ${fired} of ${trace.tokens.length} tokens`;
  }

  // Follows an expert through the answer; the same once more lets it go.
  pin(cell: Cell): void {
    const same = this.pinned?.layer === cell.layer && this.pinned.expert === cell.expert;
    this.pinned = same ? null : cell;
    this.showPin(this.flow.pin(this.pinned));
    if (this.trace?.tokens.length) this.show(this.trace, false);
  }

  private showPin(fired: number): void {
    const cell = this.pinned;
    this.pinLine.hidden = !cell;
    if (!cell) return;
    const release = h(
      'button',
      {
        type: 'button',
        class: 'icon-button small',
        'aria-label': 'Follow this expert no longer',
        onclick: () => this.pin(cell),
      },
      icon('close'),
    );
    this.pinLine.replaceChildren(
      h(
        'span',
        {role: 'status'},
        `Expert ${cell.expert} of layer ${this.names()[cell.layer] ?? cell.layer} fired on ${fired} of ${this.trace?.tokens.length ?? 0} tokens`,
      ),
      release,
    );
  }
}
