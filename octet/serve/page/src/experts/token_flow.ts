// An answer as the row of tokens it is made of. One can be chosen, by pointer or with the arrow keys.
import type {Trace} from '../store/trace';
import {spoken} from '../numbers/format';
import {h} from '../view/dom';
import {StickToEnd} from '../view/scroll';
import type {Cell} from './expert_map';

// Below each bound a token was less sure; the last class is the surest.
const SURE = [0.2, 0.45, 0.7, 0.9];

export class TokenFlow {
  readonly root: HTMLElement;
  private readonly list = h('div', {class: 'token-list'});
  private readonly stick: StickToEnd;
  private trace: Trace | null = null;
  private chosen: number | null = null;
  private pinned: Cell | null = null;

  constructor(private readonly choose: (token: number | null) => void) {
    this.root = h(
      'div',
      {class: 'token-flow', role: 'listbox', tabindex: '0', 'aria-label': 'Tokens of the answer'},
      this.list,
    );
    this.list.setAttribute('role', 'presentation');
    this.stick = new StickToEnd(this.root, this.list, () => undefined);
    this.root.addEventListener('click', (event) => {
      const index = (event.target as HTMLElement).dataset.index;
      if (index !== undefined) this.choose(Number(index));
    });
    this.root.addEventListener('keydown', (event) => this.key(event));
  }

  // Another trace starts anew; the same one only grows.
  update(trace: Trace | null): void {
    if (trace !== this.trace) {
      this.trace = trace;
      this.list.replaceChildren();
      this.stick.toEnd();
    }
    if (!trace) return;
    for (let index = this.list.childElementCount; index < trace.tokens.length; index++)
      this.list.append(this.item(trace, index));
  }

  private item(trace: Trace, index: number): HTMLElement {
    const token = trace.tokens[index];
    const probability = Math.exp(token.logprob);
    const sure = SURE.findIndex((bound) => probability < bound);
    const classes = ['token', `sure-${sure < 0 ? SURE.length : sure}`];
    if (token.drafted) classes.push('drafted');
    if (token.thinking) classes.push('thought');
    const item = h('span', {
      class: classes.join(' '),
      role: 'option',
      id: `token-${index}`,
      'data-index': index,
      'aria-selected': 'false',
      'aria-label': spoken(token.text),
    });
    item.textContent = token.text === '' ? '∅' : token.text.replaceAll('\n', '⏎\n');
    if (this.pinned) this.dim(item, trace, index);
    return item;
  }

  select(index: number | null, following: boolean): void {
    const before = this.chosen !== null ? this.list.children[this.chosen] : null;
    before?.classList.remove('chosen');
    before?.setAttribute('aria-selected', 'false');
    this.chosen = index;
    const item = index !== null ? (this.list.children[index] as HTMLElement | undefined) : undefined;
    if (!item) {
      this.root.removeAttribute('aria-activedescendant');
      return;
    }
    item.classList.add('chosen');
    item.setAttribute('aria-selected', 'true');
    this.root.setAttribute('aria-activedescendant', item.id);
    if (!following) this.reveal(item);
  }

  // Only this box scrolls, never the panel around it.
  private reveal(item: HTMLElement): void {
    const top = item.offsetTop - 8;
    const bottom = item.offsetTop + item.offsetHeight + 8;
    if (top < this.root.scrollTop) this.root.scrollTop = top;
    else if (bottom > this.root.scrollTop + this.root.clientHeight)
      this.root.scrollTop = bottom - this.root.clientHeight;
  }

  // Shows on which tokens an expert fired. Returns their number.
  pin(cell: Cell | null): number {
    this.pinned = cell;
    this.root.classList.toggle('pinned', cell !== null);
    let fired = 0;
    if (this.trace) {
      for (let index = 0; index < this.list.childElementCount; index++)
        fired += this.dim(this.list.children[index], this.trace, index);
    }
    return fired;
  }

  private dim(item: Element, trace: Trace, index: number): number {
    const fired =
      this.pinned !== null &&
      trace.layers > this.pinned.layer &&
      trace.expertsOf(index, this.pinned.layer).includes(this.pinned.expert);
    item.classList.toggle('fired', fired);
    return fired ? 1 : 0;
  }

  private key(event: KeyboardEvent): void {
    const count = this.list.childElementCount;
    if (!count || event.altKey || event.ctrlKey || event.metaKey) return;
    const at = this.chosen ?? count - 1;
    const to: Record<string, () => number> = {
      ArrowLeft: () => at - 1,
      ArrowRight: () => at + 1,
      ArrowUp: () => this.line(at, -1),
      ArrowDown: () => this.line(at, 1),
      Home: () => 0,
      End: () => count - 1,
    };
    const move = to[event.key];
    if (!move) return;
    event.preventDefault();
    this.choose(Math.min(count - 1, Math.max(0, move())));
  }

  // The token above or below: the nearest one in the next line.
  private line(from: number, step: number): number {
    const items = this.list.children as HTMLCollectionOf<HTMLElement>;
    const {offsetTop, offsetLeft} = items[from];
    let best = from;
    let line: number | null = null;
    for (let at = from + step; at >= 0 && at < items.length; at += step) {
      const top = items[at].offsetTop;
      if (Math.abs(top - offsetTop) < 4) continue;
      line ??= top;
      if (Math.abs(top - line) >= 4) break;
      if (best === from || Math.abs(items[at].offsetLeft - offsetLeft) < Math.abs(items[best].offsetLeft - offsetLeft))
        best = at;
    }
    return best;
  }
}
