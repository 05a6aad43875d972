// The experts at work: three views of an answer (its tokens, its experts, its run).
import type {App} from '../app';
import {type Message, pathOf} from '../store/tree';
import {byId, eachFrame, h} from '../view/dom';
import {ExpertsTab} from './experts_tab';
import {RunTab} from './run_tab';
import {Tabs} from './tabs';
import {TokenTab} from './token_tab';

export class Panel {
  private answer: Message | null = null;
  private readonly picker = h('select', {'aria-label': 'Answer shown'});
  private readonly token: TokenTab;
  private readonly experts: ExpertsTab;
  private readonly run: RunTab;
  private readonly tabs: Tabs;
  private readonly grow = eachFrame(() => this.update());

  constructor(
    private readonly app: App,
    private readonly root: HTMLElement,
  ) {
    this.token = new TokenTab(app);
    this.experts = new ExpertsTab(app, (cell) => {
      this.token.pin(cell);
      this.tabs.show('token');
    });
    this.run = new RunTab(app);
    this.tabs = new Tabs(
      [
        {id: 'token', name: 'Tokens', content: this.token.root},
        {id: 'experts', name: 'Experts', content: this.experts.root},
        {id: 'run', name: 'Speed & cost', content: this.run.root},
      ],
      () => this.update(),
    );
    byId('panel-answer').append(this.picker);
    this.root.append(this.tabs.root);
    this.picker.addEventListener('change', () => {
      const chosen = this.answers().find((message) => message.id === this.picker.value);
      if (chosen) this.select(chosen);
    });
    this.listen();
    this.newest();
  }

  private listen(): void {
    const {signals} = this.app;
    signals.on('thread', () => this.newest());
    signals.on('progress', (message) => {
      if (message === this.answer) this.grow();
    });
    signals.on('ended', () => this.newest());
    signals.on('model', () => this.update());
    signals.on('settings', () => this.update());
    signals.on('look', () => this.update());
  }

  private answers(): Message[] {
    return pathOf(this.app.current).filter((message) => message.role === 'assistant');
  }

  // What changed may have taken the shown answer away, or brought a newer one.
  private newest(): void {
    const answers = this.answers();
    const newest = answers[answers.length - 1] ?? null;
    const running = this.app.runOf(this.app.current);
    this.answer = running ?? (this.answer && answers.includes(this.answer) ? this.answer : newest);
    this.picker.replaceChildren(
      ...answers.map((message, index) => {
        const words = message.content.trim().replace(/\s+/g, ' ').slice(0, 48);
        return h('option', {value: message.id}, `Answer ${index + 1}${words ? `: ${words}` : ''}`);
      }),
    );
    this.update();
  }

  select(message: Message): void {
    this.answer = message;
    this.update();
  }

  // The panel came into sight: what was not drawn while it was closed is drawn now.
  shown(): void {
    this.update();
  }

  private update(): void {
    this.root.classList.toggle('without-answer', this.answer === null);
    if (this.answer) this.picker.value = this.answer.id;
    this.picker.disabled = this.answer === null;
    if (!document.body.classList.contains('panel-open')) return;
    const {shown} = this.tabs;
    if (shown === 'token') this.token.update(this.answer);
    else if (shown === 'experts') this.experts.update(this.answer);
    else this.run.update(this.answer);
  }
}
