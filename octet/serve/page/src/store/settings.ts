// The user's settings, kept in this browser. The API key lives as long as the tab.
import type {Price} from '../wire';

export type Theme = 'auto' | 'light' | 'dark';

// Sampling fields are the server's own names; one that is null is not sent, so that the server's default holds.
export const SAMPLING = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'repetition_penalty',
  'presence_penalty',
  'frequency_penalty',
  'max_tokens',
  'seed',
] as const;
export type SamplingName = (typeof SAMPLING)[number];

export interface Settings {
  theme: Theme;
  system: string; // what new conversations start with
  sampling: Partial<Record<SamplingName, number>>;
  stop: string[];
  thinking: boolean;
  record: boolean; // ask for experts and alternatives
  alternatives: number;
  price: Price | null; // null: the server's
  panel: boolean;
}

const DEFAULTS: Settings = {
  theme: 'auto',
  system: '',
  sampling: {},
  stop: [],
  thinking: true,
  record: true,
  alternatives: 5,
  price: null,
  panel: false,
};

const PLACE = 'octet.settings';
const KEY_PLACE = 'octet.key';

export function loadSettings(): Settings {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? '{}');
    const settings = {...DEFAULTS, ...(kept && typeof kept === 'object' ? kept : {})};
    return {...settings, sampling: {...settings.sampling}, stop: [...settings.stop]};
  } catch {
    return {...DEFAULTS, sampling: {}, stop: []};
  }
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(settings));
  } catch {
    // No storage: the settings last as long as the tab.
  }
}

export function loadKey(): string {
  try {
    return sessionStorage.getItem(KEY_PLACE) ?? '';
  } catch {
    return '';
  }
}

export function saveKey(key: string): void {
  try {
    if (key) sessionStorage.setItem(KEY_PLACE, key);
    else sessionStorage.removeItem(KEY_PLACE);
  } catch {
    // As above.
  }
}
