// Settings: how answers are sampled, the system prompt, prices, the key.
import type {App} from '../app';
import {SAMPLING, type SamplingName} from '../store/settings';
import {notice} from './announce';
import {byId, h} from './dom';
import {pricePart} from './price_fields';

interface Field {
  label: string;
  hint: string;
  least: number; // what the server takes
  most: number;
  step: number; // of the arrows; 1: whole numbers only
}

const LARGEST = 2 ** 31 - 1;

const FIELDS: Record<SamplingName, Field> = {
  temperature: {label: 'Temperature', hint: '0 takes the likeliest token always', least: 0, most: 100, step: 0.05},
  top_p: {label: 'Top p', hint: 'keep tokens that make up this share', least: 0, most: 1, step: 0.01},
  top_k: {label: 'Top k', hint: 'keep this many tokens', least: -1, most: LARGEST, step: 1},
  min_p: {label: 'Min p', hint: 'drop tokens below this share of the best', least: 0, most: 1, step: 0.01},
  repetition_penalty: {label: 'Repetition penalty', hint: '1: none', least: 0.01, most: 10, step: 0.01},
  presence_penalty: {label: 'Presence penalty', hint: '−2 to 2', least: -2, most: 2, step: 0.1},
  frequency_penalty: {label: 'Frequency penalty', hint: '−2 to 2', least: -2, most: 2, step: 0.1},
  max_tokens: {label: 'Most tokens', hint: 'of an answer', least: 1, most: LARGEST, step: 1},
  seed: {
    label: 'Seed',
    hint: 'same seed, same answer',
    least: Number.MIN_SAFE_INTEGER,
    most: Number.MAX_SAFE_INTEGER,
    step: 1,
  },
};

const written = (value: number) => String(value).replace('-', '−');

// What is wanted of a field, where its content is something else.
function refusal(input: HTMLInputElement, {least, most, step}: Field): string | null {
  if (input.value === '' && !input.validity.badInput) return null;
  const value = Number(input.value);
  const kind = step === 1 ? 'a whole number' : 'a number';
  const fits = !input.validity.badInput && value >= least && value <= most && (step !== 1 || Number.isInteger(value));
  return fits ? null : `${kind} from ${written(least)} to ${written(most)}`;
}

// Arrows go in steps, but what lies between two steps is as valid.
function stepped(input: HTMLInputElement, step: number): void {
  const arrows = () => (input.step = String(step));
  const free = () => (input.step = 'any');
  for (const event of ['pointerdown', 'keydown']) input.addEventListener(event, arrows);
  for (const event of ['change', 'blur']) input.addEventListener(event, free);
  free();
}

function section(title: string, ...parts: (Node | null)[]): HTMLElement {
  const id = `section-${title.toLowerCase().replace(/\W+/g, '-')}`;
  return h('section', {class: 'settings-section', 'aria-labelledby': id}, h('h3', {id}, title), ...parts);
}

function samplingField(app: App, name: SamplingName): HTMLElement {
  const field = FIELDS[name];
  const {label, least, most, step} = field;
  const standard = name === 'temperature' || name === 'top_p' ? app.model?.sampling[name] : undefined;
  const input = h('input', {
    id: `sampling-${name}`,
    type: 'number',
    inputmode: least < 0 ? null : step === 1 ? 'numeric' : 'decimal', // these keyboards have no minus everywhere
    min: least,
    max: most,
    value: app.settings.sampling[name] ?? '',
    placeholder: standard ?? 'default',
    'aria-describedby': `sampling-${name}-hint`,
  });
  const hint = h('p', {class: 'hint', id: `sampling-${name}-hint`, 'aria-live': 'polite'}, field.hint);
  stepped(input, step);
  input.addEventListener('change', () => {
    const wanted = refusal(input, field);
    const sampling = {...app.settings.sampling};
    const kept = sampling[name] === undefined ? 'the server’s default' : written(sampling[name]);
    hint.textContent = wanted ? `Not taken: ${wanted} is wanted. It stays ${kept}.` : field.hint;
    input.classList.toggle('wrong', wanted !== null);
    input.setAttribute('aria-invalid', String(wanted !== null));
    if (wanted) return;
    if (input.value === '') delete sampling[name];
    else sampling[name] = Number(input.value);
    app.change({sampling});
  });
  return h('div', {class: 'field'}, h('label', {for: input.id}, label), input, hint);
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
