// The conversations kept in this browser, and their way out and in.
import type {App} from '../app';
import {exportJson, importJson} from '../store/transfer';
import type {Conversation} from '../store/tree';
import {notice} from './announce';
import {confirm} from './confirm';
import {byId, h} from './dom';
import {icon} from './icons';

function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], {type: 'application/json'}));
  h('a', {href: address, download: name}).click();
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function fileName(title: string): string {
  const plain = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return `octet-${plain || 'conversation'}.json`;
}

export function bindSidebar(app: App, opened: () => void): void {
  const list = byId('conversations');
  const update = () => {
    if (list.querySelector('.rename')) return; // somebody writes in it; its end updates the list
    const focus = list.contains(document.activeElement) ? document.activeElement!.id : '';
    const busy = (conversation: Conversation) => Boolean(app.runOf(conversation));
    list.replaceChildren(
      ...app.conversations.map((conversation) => row(app, conversation, busy(conversation), opened)),
    );
    if (focus) document.getElementById(focus)?.focus();
    byId('no-conversations').hidden = app.conversations.length > 0;
    byId<HTMLButtonElement>('export-all').disabled = app.conversations.length === 0;
  };
  byId('new').addEventListener('click', () => {
    app.startNew();
    opened();
  });
  byId('export-all').addEventListener('click', async () =>
    download('octet-conversations.json', exportJson(await app.carry(app.conversations))),
  );
  const file = byId<HTMLInputElement>('import-file');
  byId('import').addEventListener('click', () => file.click());
  file.addEventListener('change', async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    try {
      const all = importJson(await chosen.text());
      await app.take(all);
      notice(all.length === 1 ? 'Imported one conversation.' : `Imported ${all.length} conversations.`);
    } catch (failure) {
      notice(`${chosen.name} was not imported. ${failure instanceof Error ? failure.message : ''}`);
    }
    file.value = '';
  });
  app.signals.on('list', update);
  app.signals.on('running', update);
  update();
}

function row(app: App, conversation: Conversation, busy: boolean, opened: () => void): HTMLElement {
  const title = conversation.title || 'Untitled';
  const current = conversation === app.current;
  const small = (name: string, picture: 'pencil' | 'download' | 'trash', act: () => void) =>
    h(
      'button',
      {
        type: 'button',
        id: `${name.toLowerCase()}-${conversation.id}`,
        class: 'icon-button small',
        'aria-label': `${name} “${title}”`,
        title: name,
        onclick: act,
      },
      icon(picture),
    );
  const open = h(
    'button',
    {
      type: 'button',
      id: `open-${conversation.id}`,
      class: 'conversation',
      'aria-current': current ? 'true' : null,
      onclick: () => {
        void app.open(conversation);
        opened();
      },
    },
    busy && h('i', {class: 'busy', title: 'An answer is being made'}),
    h('span', {class: 'conversation-title'}, title),
  );
  const item = h('li', {class: current ? 'current' : ''}, open);
  if (!current) return item;
  item.append(
    h(
      'span',
      {class: 'row-actions'},
      small('Rename', 'pencil', () => rename(app, conversation, item, open)),
      small('Export', 'download', async () => download(fileName(title), exportJson(await app.carry([conversation])))),
      small('Delete', 'trash', async () => {
        if (
          await confirm(
            `Delete “${title}”?`,
            'All its branches and what was recorded of its answers go with it.',
            'Delete',
          )
        ) {
          app.remove(conversation);
          byId('new').focus();
        }
      }),
    ),
  );
  return item;
}

function rename(app: App, conversation: Conversation, item: HTMLElement, open: HTMLElement): void {
  const input = h('input', {
    class: 'rename',
    value: conversation.title,
    'aria-label': 'Title of the conversation',
    maxlength: '80',
  });
  let done = false;
  const end = (keep: boolean) => {
    if (done) return;
    done = true;
    input.replaceWith(open);
    if (keep) app.rename(conversation, input.value);
    else app.signals.emit('list', null);
    document.querySelector<HTMLElement>('.conversation[aria-current]')?.focus();
  };
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.stopPropagation();
    end(event.key === 'Enter');
  });
  input.addEventListener('blur', () => end(true));
  open.replaceWith(input);
  item.querySelector('.row-actions')?.remove();
  input.focus();
  input.select();
}
