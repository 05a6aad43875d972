// Settings: how answers are sampled, the system prompt, prices, the key.
import type {App} from '../app';
import {SAMPLING} from '../store/settings';
import {notice} from './announce';
import {byId, h} from './dom';
import {pricePart} from './price_fields';
import {samplingField} from './sampling_fields';

function section(title: string, ...parts: (Node | null)[]): HTMLElement {
  const id = `section-${title.toLowerCase().replace(/\W+/g, '-')}`;
  return h('section', {class: 'settings-section', 'aria-labelledby': id}, h('h3', {id}, title), ...parts);
}

function toggle(id: string, label: string, hint: string, value: boolean, set: (value: boolean) => void): HTMLElement {
  const input = h('input', {id, type: 'checkbox', 'aria-describedby': `${id}-hint`});
  input.checked = value;
  input.addEventListener('change', () => set(input.checked));
  return h(
    'div',
    {class: 'toggle'},
    input,
    h('label', {for: id}, label),
    h('p', {class: 'hint', id: `${id}-hint`}, hint),
  );
}

function systemPart(app: App): HTMLElement {
  const area = h('textarea', {id: 'system', rows: '3', placeholder: 'You are …', 'aria-describedby': 'system-hint'});
  area.value = app.current.system;
  area.addEventListener('change', () => app.setSystem(area.value));
  return h(
    'div',
    {class: 'field wide'},
    h('label', {for: 'system'}, 'System prompt'),
    area,
    h('p', {class: 'hint', id: 'system-hint'}, 'For this conversation; new ones start with it.'),
  );
}

function stopPart(app: App): HTMLElement {
  const input = h('input', {
    id: 'stop-texts',
    value: app.settings.stop.join(' | '),
    placeholder: 'none',
    'aria-describedby': 'stop-texts-hint',
  });
  input.addEventListener('change', () =>
    app.change({
      stop: input.value
        .split('|')
        .map((text) => text.trim())
        .filter(Boolean)
        .slice(0, 4),
    }),
  );
  return h(
    'div',
    {class: 'field wide'},
    h('label', {for: 'stop-texts'}, 'Stop texts'),
    input,
    h('p', {class: 'hint', id: 'stop-texts-hint'}, 'Up to four, parted by |'),
  );
}

function keyPart(app: App): HTMLElement {
  const input = h('input', {
    id: 'api-key',
    type: 'password',
    autocomplete: 'off',
    value: app.key,
    placeholder: 'none',
    'aria-describedby': 'api-key-hint',
  });
  input.addEventListener('change', () => void app.setKey(input.value.trim()));
  // A form, since browsers want one around a password; it sends nothing.
  return h(
    'form',
    {class: 'field wide', onsubmit: (event: Event) => event.preventDefault()},
    h('label', {for: 'api-key'}, 'API key'),
    input,
    h(
      'p',
      {class: 'hint', id: 'api-key-hint', 'aria-live': 'polite'},
      'Where the server asks for one. Forgotten when the tab is closed.',
    ),
  );
}

function alternativesField(app: App): HTMLElement {
  const input = h('input', {
    id: 'alternatives',
    type: 'number',
    min: '0',
    max: '20',
    step: '1',
    value: app.settings.alternatives,
    'aria-describedby': 'alternatives-hint',
  });
  input.addEventListener('change', () => {
    if (input.value !== '' && input.validity.valid) app.change({alternatives: Number(input.value)});
    else input.value = String(app.settings.alternatives);
  });
  return h(
    'div',
    {class: 'field'},
    h('label', {for: 'alternatives'}, 'Alternatives a token'),
    input,
    h('p', {class: 'hint', id: 'alternatives-hint'}, '0 to 20'),
  );
}

const SHORTCUTS: [string, string][] = [
  ['Enter', 'send'],
  ['Shift Enter', 'new line'],
  ['Esc', 'stop the answer'],
  ['Alt N', 'new conversation'],
  ['Alt E', 'experts at work'],
  ['Alt S', 'settings'],
  ['← → ↑ ↓', 'move among tokens'],
];

function shortcuts(): HTMLElement {
  return h(
    'dl',
    {class: 'shortcuts'},
    ...SHORTCUTS.map(([keys, what]) =>
      h('div', {}, h('dt', {}, ...keys.split(' ').map((key) => h('kbd', {}, key))), h('dd', {}, what)),
    ),
  );
}

function content(app: App, close: () => void): Node[] {
  const defaults = h(
    'button',
    {
      type: 'button',
      class: 'button quiet',
      onclick: () => {
        app.change({sampling: {}, stop: []});
        fill(app, close);
        byId('sampling-temperature').focus();
      },
    },
    'Use the server’s defaults',
  );
  return [
    section(
      'Instructions',
      systemPart(app),
      app.model?.thinking
        ? toggle(
            'thinking',
            'Think before answering',
            'This model can; it takes longer.',
            app.settings.thinking,
            (thinking) => app.change({thinking}),
          )
        : null,
    ),
    section(
      'Sampling',
      h('div', {class: 'fields'}, ...SAMPLING.map((name) => samplingField(app, name))),
      stopPart(app),
      defaults,
    ),
    section(
      'Recording',
      toggle(
        'record',
        'Record experts and alternatives',
        'What the panel shows; costs a little speed.',
        app.settings.record,
        (record) => app.change({record}),
      ),
      h('div', {class: 'fields'}, alternativesField(app)),
    ),
    section('Price', pricePart(app, 'settings')),
    section('Access', keyPart(app)),
    section('Keyboard', shortcuts()),
  ];
}

function fill(app: App, close: () => void): void {
  byId('settings-body').replaceChildren(...content(app, close));
}

export interface SettingsDialog {
  open(): void;
  askForKey(why: string): void;
  keyTaken(): void;
}

const KEY_TAKEN = 'The server takes this API key.';

export function bindSettings(app: App): SettingsDialog {
  const dialog = byId<HTMLDialogElement>('settings');
  const message = byId('settings-message');
  const close = () => dialog.close();
  let forKey = false; // the page opened it, to ask for a key
  const say = (text: string) => {
    message.textContent = text;
    message.hidden = text === '';
  };
  const open = () => {
    fill(app, close);
    if (!dialog.open) dialog.showModal();
  };
  byId('settings-close').addEventListener('click', close);
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) close(); // the backdrop
  });
  dialog.addEventListener('close', () => {
    forKey = false;
    say('');
  });
  return {
    open,
    askForKey: (why) => {
      forKey ||= !dialog.open;
      open();
      say(why);
      byId('api-key').focus();
    },
    keyTaken: () => {
      say('');
      if (dialog.open && !forKey) byId('api-key-hint').textContent = KEY_TAKEN;
      else notice(KEY_TAKEN);
      if (forKey) close();
    },
  };
}
