// One message as it is shown: a question or an answer, with what can be done about it.
import type {App} from '../app';
import {bill} from '../numbers/cost';
import {digits, dollars, seconds, si, tokens} from '../numbers/format';
import {rateOf} from '../numbers/rate';
import {type Message, siblingsOf} from '../store/tree';
import {MarkdownView} from '../text/markdown_view';
import {announce} from './announce';
import {copyButton} from './copy';
import {h, hidden} from './dom';
import {editor} from './editor';
import {icon, type IconName} from './icons';

function action(
  name: string,
  picture: IconName,
  act: () => void,
  attributes: Record<string, string | boolean> = {},
): HTMLButtonElement {
  return h(
    'button',
    {type: 'button', class: 'icon-button small', 'aria-label': name, title: name, onclick: act, ...attributes},
    icon(picture),
  );
}

// ‹ 2/3 ›: the branches that stand at this place.
function switches(app: App, message: Message): HTMLElement | null {
  const all = siblingsOf(app.current, message);
  if (all.length < 2) return null;
  const at = all.indexOf(message);
  const go = (step: number, name: string) => () => {
    app.show(all[at + step]);
    const again = document.querySelector<HTMLElement>(`[data-message="${all[at + step].id}"] [data-action="${name}"]`);
    (again?.hasAttribute('disabled')
      ? again.parentElement!.querySelector<HTMLElement>('button:not([disabled])')
      : again
    )?.focus();
    announce(`Version ${at + step + 1} of ${all.length}`);
  };
  return h(
    'span',
    {class: 'switches', role: 'group', 'aria-label': 'Versions'},
    action('Previous version', 'left', go(-1, 'previous'), {'data-action': 'previous', disabled: at === 0}),
    h('span', {class: 'switch-place'}, `${at + 1}/${all.length}`, hidden(' versions')),
    action('Next version', 'right', go(1, 'next'), {'data-action': 'next', disabled: at === all.length - 1}),
  );
}

export class QuestionView {
  readonly root: HTMLElement;

  constructor(
    private readonly app: App,
    readonly message: Message,
  ) {
    this.root = h('article', {class: 'message question', 'data-message': message.id, 'aria-label': 'Question'});
    this.update();
  }

  update(): void {
    const busy = Boolean(this.app.runOf(this.app.current));
    this.root.replaceChildren(
      h(
        'div',
        {class: 'bubble-row'},
        h(
          'span',
          {class: 'actions'},
          copyButton('Copy', () => this.message.content),
          action('Edit', 'pencil', () => this.edit(), {'aria-disabled': String(busy), 'data-action': 'edit'}),
        ),
        h('div', {class: 'bubble'}, this.message.content),
      ),
      ...[switches(this.app, this.message)].filter((part) => part !== null),
    );
  }

  private edit(): void {
    if (this.app.runOf(this.app.current)) return;
    const close = () => {
      this.update();
      this.root.querySelector<HTMLElement>('[data-action="edit"]')?.focus();
    };
    const form = editor(this.message.content, (text) => this.app.edit(this.message, text), close);
    this.root.replaceChildren(form.root);
    form.focus();
  }
}

export class AnswerView {
  readonly root: HTMLElement;
  private readonly markdown = new MarkdownView();
  private readonly thinking = h('details', {class: 'thinking', hidden: true});
  private readonly thinkingTitle = h('summary');
  private readonly thinkingText = new MarkdownView();
  private readonly waiting = h(
    'div',
    {class: 'waiting', 'aria-hidden': 'true'},
    ...Array.from({length: 8}, () => h('i')),
  );
  private readonly failure = h('div', {class: 'failure', role: 'alert', hidden: true});
  private readonly foot = h('footer', {class: 'message-foot'});

  constructor(
    private readonly app: App,
    readonly message: Message,
    private readonly openExperts: (message: Message) => void,
  ) {
    this.thinking.append(this.thinkingTitle, this.thinkingText.root);
    this.root = h(
      'article',
      {class: 'message answer', 'data-message': message.id, 'aria-label': 'Answer'},
      this.thinking,
      this.waiting,
      this.markdown.root,
      this.failure,
      this.foot,
    );
    this.update();
    this.updateFoot();
  }

  // What changes with every token.
  update(): void {
    const {content, reasoning, finish, thought, error} = this.message;
    const running = finish === 'running';
    this.root.classList.toggle('running', running);
    this.root.setAttribute('aria-busy', String(running));
    this.waiting.hidden = !running || content !== '' || reasoning !== '';
    this.markdown.update(content);
    this.thinking.hidden = reasoning === '';
    if (reasoning !== '') {
      const still = running && content === '';
      this.thinkingTitle.textContent = still ? 'Thinking…' : thought ? `Thought for ${seconds(thought)}` : 'Thoughts';
      this.thinking.classList.toggle('still', still);
      this.thinkingText.update(reasoning);
    }
    this.failure.hidden = !error;
    if (error && this.failure.childElementCount === 0) {
      this.failure.append(
        h('p', {}, error),
        h('button', {type: 'button', class: 'button', onclick: () => this.app.again(this.message)}, 'Try again'),
      );
    }
  }

  // What is there once the answer ended; its room is kept from the start.
  updateFoot(): void {
    const busy = Boolean(this.app.runOf(this.app.current));
    const running = this.message.finish === 'running';
    this.foot.classList.toggle('reserved', running);
    this.foot.replaceChildren(
      ...[
        switches(this.app, this.message),
        h(
          'span',
          {class: 'actions'},
          copyButton('Copy', () => this.message.content),
          action('Answer again', 'again', () => this.app.again(this.message), {
            'aria-disabled': String(busy),
            'data-action': 'again',
          }),
          action('Experts at work', 'experts', () => this.openExperts(this.message), {'data-action': 'experts'}),
        ),
        this.figures(),
      ].filter((part) => part !== null),
    );
  }

  private figures(): HTMLElement {
    const {cost, finish} = this.message;
    const parts: [string, string][] = [];
    if (finish === 'stopped') parts.push(['stopped', 'You stopped this answer']);
    if (finish === 'length') parts.push(['cut at the token limit', 'max_tokens or the context was reached']);
    if (cost) {
      const {flops, joules, dollars: price} = bill(cost, this.app.settings.price);
      const rate = rateOf(cost);
      parts.push([tokens(cost.answer_tokens), 'Tokens of the answer']);
      if (rate !== null) parts.push([`${digits(rate)} tok/s`, 'Tokens a second, after the first']);
      parts.push(
        [si(flops, 'FLOP'), 'Floating-point operations'],
        [si(joules, 'J'), 'Energy'],
        [dollars(price), 'Price of the energy'],
      );
    }
    return h('span', {class: 'figures'}, ...parts.map(([text, title]) => h('span', {title}, text)));
  }
}
