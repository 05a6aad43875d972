// Tabs as the ARIA practices have them: one stop of the Tab key, arrows move.
import {h} from '../view/dom';
import {roving} from '../view/roving';

interface Tab {
  id: string;
  name: string;
  content: HTMLElement;
}

export class Tabs {
  readonly root: HTMLElement;
  shown: string;
  private readonly buttons = new Map<string, HTMLButtonElement>();

  constructor(
    private readonly tabs: Tab[],
    private readonly changed: () => void,
  ) {
    this.shown = tabs[0].id;
    const list = h('div', {class: 'tabs', role: 'tablist', 'aria-label': 'Views of the answer'});
    for (const {id, name, content} of tabs) {
      const button = h(
        'button',
        {
          type: 'button',
          role: 'tab',
          id: `tab-${id}`,
          'aria-controls': `tab-panel-${id}`,
          onclick: () => this.show(id),
        },
        name,
      );
      button.addEventListener('focus', () => this.show(id));
      this.buttons.set(id, button);
      list.append(button);
      for (const [attribute, value] of Object.entries({
        id: `tab-panel-${id}`,
        role: 'tabpanel',
        'aria-labelledby': `tab-${id}`,
        class: 'tab-panel',
      })) {
        content.setAttribute(attribute, value);
      }
    }
    this.mark();
    roving(list, '[role=tab]', 1);
    this.root = h('div', {class: 'tabbed'}, list, ...tabs.map((tab) => tab.content));
  }

  show(id: string): void {
    if (id === this.shown) return;
    this.shown = id;
    this.mark();
    this.changed();
  }

  private mark(): void {
    for (const {id, content} of this.tabs) {
      const chosen = id === this.shown;
      content.hidden = !chosen;
      this.buttons.get(id)!.setAttribute('aria-selected', String(chosen));
      this.buttons.get(id)!.tabIndex = chosen ? 0 : -1;
    }
  }
}
