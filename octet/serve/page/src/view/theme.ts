// Light, dark or as the system says. theme_first.ts does the same before the first paint.
import type {App} from '../app';
import type {Theme} from '../store/settings';
import {icon} from './icons';

const NEXT: Record<Theme, Theme> = {auto: 'light', light: 'dark', dark: 'auto'};
const NAMES: Record<Theme, string> = {auto: 'as the system', light: 'light', dark: 'dark'};
const ICONS = {auto: 'auto', light: 'sun', dark: 'moon'} as const;

export function bindTheme(app: App, button: HTMLButtonElement): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const paint = () => {
    const {theme} = app.settings;
    document.documentElement.dataset.theme = theme === 'auto' ? (system.matches ? 'dark' : 'light') : theme;
    app.signals.emit('look', null);
  };
  let shown: Theme | null = null;
  const apply = () => {
    const {theme} = app.settings;
    if (theme === shown) return;
    shown = theme;
    button.replaceChildren(icon(ICONS[theme]));
    button.setAttribute('aria-label', `Colours: ${NAMES[theme]}`);
    button.title = `Colours: ${NAMES[theme]}`;
    paint();
  };
  button.addEventListener('click', () => app.change({theme: NEXT[app.settings.theme]}));
  system.addEventListener('change', paint);
  app.signals.on('settings', apply);
  apply();
}
