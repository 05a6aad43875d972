// How answers are sampled: a field for each number, which takes whatever the server takes.
import type {App} from '../app';
import type {SamplingName} from '../store/settings';
import {h} from './dom';

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

export function samplingField(app: App, name: SamplingName): HTMLElement {
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
