// The load of all experts, how even it is, and which experts prefer which kind of token.
import type {App} from '../app';
import {getExpertLoad} from '../client';
import {count, digits, percent} from '../numbers/format';
import {KIND_MEANING} from '../numbers/kinds';
import {preferences} from '../numbers/lift';
import {balance, Load, overall} from '../numbers/load';
import type {Trace} from '../store/trace';
import type {Message} from '../store/tree';
import {h, hidden} from '../view/dom';
import {type Cell, ExpertMap} from './expert_map';

type Scope = 'answer' | 'conversation' | 'server';
const SCOPES: Record<Scope, string> = {answer: 'Answer', conversation: 'Conversation', server: 'Server'};
const TOP = 4; // experts shown for each kind

export class ExpertsTab {
  readonly root = h('div');
  private scope: Scope = 'conversation';
  private answer: Message | null = null;
  private load = new Load(0, 0);
  private server: Load | null = null;
  private readonly map: ExpertMap;
  private readonly figures = h('dl', {class: 'tiles'});
  private readonly table = h('div', {class: 'table-scroll'});
  private readonly kinds = h('div', {class: 'kinds'});
  private readonly empty = h('p', {class: 'panel-empty'});
  private readonly body: HTMLElement;

  constructor(
    private readonly app: App,
    private readonly pin: (cell: Cell) => void,
  ) {
    this.map = new ExpertMap(
      (cell) => this.describe(cell),
      'The warmer, the more often it fired. The middle of the scale is an even share.',
      pin,
    );
    this.body = h(
      'div',
      {class: 'stack'},
      h(
        'section',
        {class: 'group'},
        h('h3', {}, 'Load of all experts'),
        this.map.root,
        this.figures,
        h('details', {class: 'as-table'}, h('summary', {}, 'As a table'), this.table),
      ),
      h('section', {class: 'group'}, h('h3', {}, 'Which experts prefer which tokens'), this.kinds),
    );
    this.root.append(this.scopes(), this.empty, this.body);
  }

  private scopes(): HTMLElement {
    const radios = Object.entries(SCOPES).map(([scope, name]) => {
      const input = h('input', {type: 'radio', name: 'scope', id: `scope-${scope}`, value: scope});
      input.checked = scope === this.scope;
      input.addEventListener('change', () => {
        this.scope = scope as Scope;
        this.server = null;
        this.update(this.answer);
      });
      return [input, h('label', {for: input.id}, name)];
    });
    return h('fieldset', {class: 'segments'}, h('legend', {class: 'visually-hidden'}, 'Load of'), ...radios.flat());
  }

  private traces(): Trace[] {
    const messages = this.scope === 'answer' ? [this.answer] : this.app.current.messages;
    return messages
      .map((message) => message && this.app.traceOf(message))
      .filter((trace): trace is Trace => Boolean(trace?.layers));
  }

  update(answer: Message | null): void {
    this.answer = answer;
    const traces = this.traces();
    const experts = this.app.model?.experts.routed ?? 0;
    if (this.scope === 'server') {
      this.load = this.server ?? new Load(0, 0);
      if (!this.server) void this.fetchServer();
    } else {
      this.load = new Load(Math.max(0, ...traces.map((trace) => trace.layers)), experts);
      for (const trace of traces) this.load.add(trace);
    }
    const blank = this.load.layers === 0;
    this.empty.hidden = !blank;
    this.body.hidden = blank;
    this.empty.textContent = this.scope === 'server' ? 'Asking the server…' : 'No answer with recorded experts yet.';
    if (blank) return;
    this.showLoad();
    this.showKinds(traces, experts);
  }

  private async fetchServer(): Promise<void> {
    try {
      this.server = Load.of((await getExpertLoad(this.app.key)).load);
    } catch (failure) {
      this.empty.textContent = failure instanceof Error ? failure.message : 'The server did not answer.';
      return;
    }
    if (this.scope === 'server' && this.server.layers) this.update(this.answer);
    else this.empty.textContent = 'The server has answered nothing yet.';
  }

  private name(layer: number): number {
    return this.app.model?.experts.layers[layer] ?? layer;
  }

  // An even share is in the middle of the scale, twice that and more at its end.
  private showLoad(): void {
    const {load} = this;
    const heat = new Float32Array(load.counts.length);
    for (let layer = 0; layer < load.layers; layer++) {
      const counts = load.layer(layer);
      const mean = counts.reduce((sum, value) => sum + value, 0) / load.experts;
      counts.forEach(
        (value, expert) => (heat[layer * load.experts + expert] = mean ? Math.min(0.999, value / mean / 2) : 0),
      );
    }
    const all = overall(load);
    const label = `Load of ${load.layers} layers of ${load.experts} experts. The busiest expert has ${digits(all.maxOverMean)} times the mean load. The table below has the figures.`;
    this.map.shape(
      Array.from({length: load.layers}, (_, layer) => this.name(layer)),
      load.experts,
    );
    this.map.show(heat, label, null, false);
    const tiles: [string, string, string][] = [
      [digits(all.maxOverMean), 'busiest ÷ mean', '1 would be even'],
      [`${digits(all.effective)} of ${load.experts}`, 'effective experts', 'by entropy, a layer'],
      [count(all.unused), 'never fired', `of ${count(load.counts.length)}`],
    ];
    this.figures.replaceChildren(
      ...tiles.map(([value, name, note]) =>
        h('div', {}, h('dt', {}, name), h('dd', {}, value), h('dd', {class: 'hint'}, note)),
      ),
    );
    this.table.replaceChildren(this.loadTable());
  }

  private loadTable(): HTMLElement {
    const rows = Array.from({length: this.load.layers}, (_, layer) => {
      const counts = this.load.layer(layer);
      const one = balance(counts);
      const top = Array.from(counts.keys())
        .sort((a, b) => counts[b] - counts[a])
        .slice(0, 3);
      return h(
        'tr',
        {},
        h('th', {scope: 'row'}, `L${this.name(layer)}`),
        h('td', {}, digits(one.maxOverMean)),
        h('td', {}, digits(one.effective)),
        h('td', {}, String(one.unused)),
        h('td', {}, top.map((expert) => `${expert} (${percent(counts[expert] / Math.max(1, one.total))})`).join(', ')),
      );
    });
    return h(
      'table',
      {},
      h('caption', {class: 'visually-hidden'}, 'Load by layer'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...['Layer', 'Max ÷ mean', 'Effective', 'Unused', 'Busiest'].map((name) => h('th', {scope: 'col'}, name)),
        ),
      ),
      h('tbody', {}, ...rows),
    );
  }

  private showKinds(traces: Trace[], experts: number): void {
    if (this.scope === 'server') {
      this.kinds.replaceChildren(
        h('p', {class: 'hint'}, 'The server counts experts, not tokens: choose the answer or the conversation.'),
      );
      return;
    }
    const rows = preferences(traces, experts, TOP).filter((row) => row.tokens > 0);
    const chip = (layer: number, expert: number, lift: number, kind: string) =>
      h(
        'button',
        {
          type: 'button',
          class: `chip heat-${lift > 3 ? 3 : lift > 2 ? 2 : lift > 1.5 ? 1 : 0}`,
          onclick: () => this.pin({layer, expert}),
        },
        hidden('Follow expert '),
        h('b', {}, `L${this.name(layer)}·${expert}`),
        hidden(', lift '),
        h('small', {}, `×${lift.toFixed(1)}`),
        hidden(` for ${kind}`),
      );
    this.kinds.replaceChildren(
      h(
        'table',
        {},
        h('caption', {class: 'hint'}, 'Lift: how much likelier an expert fires on a kind of token than on any.'),
        h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'Kind'), h('th', {scope: 'col'}, 'Experts that prefer it'))),
        h(
          'tbody',
          {},
          ...rows.map((row) =>
            h(
              'tr',
              {},
              h(
                'th',
                {scope: 'row', title: KIND_MEANING[row.kind]},
                row.kind,
                h('span', {class: 'hint'}, count(row.tokens)),
              ),
              h(
                'td',
                {},
                h(
                  'div',
                  {class: 'chips'},
                  ...row.best.map((one) => chip(one.layer, one.expert, one.lift, row.kind)),
                  row.best.length === 0 && h('span', {class: 'hint'}, 'none stands out'),
                ),
              ),
            ),
          ),
        ),
      ),
    );
  }

  private describe(cell: Cell): string {
    const counts = this.load.layer(cell.layer);
    const total = counts.reduce((sum, value) => sum + value, 0);
    const times = total ? (counts[cell.expert] * counts.length) / total : 0;
    return `Layer ${this.name(cell.layer)}, expert ${cell.expert} · fired ${count(counts[cell.expert])} times, ${digits(times)} × an even share`;
  }
}
