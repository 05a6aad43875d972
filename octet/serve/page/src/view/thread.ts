// The messages of the conversation that is shown.
import type {App} from '../app';
import {count, parameters} from '../numbers/format';
import {type Message, pathOf} from '../store/tree';
import {announce} from './announce';
import {byId, eachFrame, h} from './dom';
import {icon} from './icons';
import {AnswerView, QuestionView} from './message';
import {StickToEnd} from './scroll';

const SUGGESTIONS = [
  'What is 47 + 38?',
  'Sort 42, 7, 19, 3 from small to large.',
  'How many experts does DeepSeek-V3 have?',
  'Tell me a joke.',
];

export interface ThreadHooks {
  openExperts(message: Message): void;
  suggest(text: string): void;
}

export class Thread {
  private views = new Map<string, QuestionView | AnswerView>();
  private readonly list = byId('messages');
  private readonly stick: StickToEnd;

  constructor(
    private readonly app: App,
    private readonly hooks: ThreadHooks,
  ) {
    const jump = byId<HTMLButtonElement>('jump');
    jump.append(icon('down'));
    this.stick = new StickToEnd(byId('scroller'), this.list, (atEnd) => (jump.hidden = atEnd));
    jump.addEventListener('click', () => this.stick.toEnd());
    const changed = new Set<string>();
    const grow = eachFrame(() => {
      for (const id of changed) this.views.get(id)?.update();
      changed.clear();
    });
    app.signals.on('progress', ({id}) => {
      changed.add(id);
      grow();
    });
    app.signals.on('thread', () => this.update());
    app.signals.on('model', () => this.update());
    app.signals.on('settings', () => this.updateFeet());
    app.signals.on('running', () => this.updateFeet());
    app.signals.on('ended', (message) => this.ended(message));
    this.update();
  }

  toEnd(): void {
    this.stick.toEnd();
  }

  private update(): void {
    const path = pathOf(this.app.current);
    const focus = this.focus();
    byId('empty').hidden = path.length > 0;
    if (path.length === 0) this.welcome();
    const views = new Map<string, QuestionView | AnswerView>();
    for (const message of path) views.set(message.id, this.views.get(message.id) ?? this.viewOf(message));
    this.views = views;
    const wanted = [...views.values()].map((view) => view.root);
    // Nodes that stay are not moved, so that focus and selection survive.
    for (const child of [...this.list.children]) if (!wanted.includes(child as HTMLElement)) child.remove();
    wanted.forEach((node, index) => {
      if (this.list.children[index] !== node) this.list.insertBefore(node, this.list.children[index] ?? null);
    });
    this.updateFeet();
    // A branch took the place of what had the focus: the same button of the message that stands there now has it.
    if (focus && document.activeElement === document.body) this.refocus(wanted[focus.place], focus.action);
  }

  // Which message's button has the focus, if one has.
  private focus(): {place: number; action: string} | null {
    const node = document.activeElement as HTMLElement | null;
    const place = [...this.list.children].findIndex((message) => message.contains(node));
    return place >= 0 && node?.dataset.action ? {place, action: node.dataset.action} : null;
  }

  private refocus(message: HTMLElement | undefined, action: string): void {
    message?.querySelector<HTMLElement>(`[data-action="${action}"]:not([disabled])`)?.focus();
  }

  private viewOf(message: Message): QuestionView | AnswerView {
    if (message.role === 'user') return new QuestionView(this.app, message);
    return new AnswerView(this.app, message, this.hooks.openExperts);
  }

  private updateFeet(): void {
    const focus = this.focus();
    for (const view of this.views.values()) {
      if (view instanceof AnswerView) view.updateFoot();
      else if (!view.root.querySelector('.edit')) view.update();
    }
    if (focus && document.activeElement === document.body)
      this.refocus(this.list.children[focus.place] as HTMLElement, focus.action);
  }

  private ended(message: Message): void {
    this.views.get(message.id)?.update();
    if (!this.views.has(message.id)) return;
    const how = message.finish === 'stopped' ? 'Stopped. ' : message.error ? '' : 'Answer: ';
    announce(how + (message.error ?? message.content.slice(0, 600)));
  }

  private welcome(): void {
    const model = this.app.model;
    byId('welcome-facts').textContent = model
      ? `${model.name}: ${model.layers} layers, ${count(model.experts.routed)} experts in ${model.experts.layers.length} of them, ` +
        `${model.experts.chosen} at work on each token. ${parameters(model.active_parameters)} of ${parameters(model.parameters)} parameters are active.`
      : '';
    byId('suggestions').replaceChildren(
      ...SUGGESTIONS.map((text) =>
        h('button', {type: 'button', class: 'suggestion', onclick: () => this.hooks.suggest(text)}, text),
      ),
    );
  }
}
