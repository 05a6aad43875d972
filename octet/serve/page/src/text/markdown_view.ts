// Shows Markdown that grows: blocks that did not change keep their nodes, so that a selection survives and nothing flickers.
import {h} from '../view/dom';
import {lex, renderBlock} from './markdown';

interface Block {
  raw: string;
  node: HTMLElement;
}

export class MarkdownView {
  readonly root = h('div', {class: 'markdown'});
  private blocks: Block[] = [];

  update(text: string): void {
    let raws: {raw: string; render: () => Node}[];
    try {
      raws = lex(text)
        .filter((token) => token.type !== 'space' && token.type !== 'def')
        .map((token) => ({raw: token.raw, render: () => renderBlock(token)}));
    } catch {
      // Nested beyond what the parser bears: shown as it is.
      raws = [{raw: text, render: () => h('p', {class: 'plain'}, text)}];
    }
    let same = 0;
    while (same < raws.length && same < this.blocks.length && raws[same].raw === this.blocks[same].raw) same++;
    for (const block of this.blocks.splice(same)) block.node.remove();
    for (const {raw, render} of raws.slice(same)) {
      const node = h('div', {class: 'block'});
      try {
        node.append(render());
      } catch {
        node.append(h('p', {class: 'plain'}, raw));
      }
      this.blocks.push({raw, node});
      this.root.append(node);
    }
  }
}
