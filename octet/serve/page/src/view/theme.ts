// Light, dark or as the system says. theme_first.ts does the same before the first paint.
import type {App} from '../app';
import type {Theme} from '../store/settings';
import {icon} from './icons';

const NEXT: Record<Theme, Theme> = {auto: 'light', light: 'dark', dark: 'auto'};
const NAMES: Record<Theme, string> = {auto: 'as the system', light: 'light', dark: 'dark'};
const ICONS = {auto: 'auto', light: 'sun', dark: 'moon'} as const;

export function bindTheme(app: App, button: HTMLButtonElement): void {
  let shown: Theme | null = null;
  const apply = () => {
    const {theme} = app.settings;
    if (theme === shown) return;
    shown = theme;
    if (theme === 'auto') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.dataset.theme = theme;
    button.replaceChildren(icon(ICONS[theme]));
    button.setAttribute('aria-label', `Colours: ${NAMES[theme]}`);
    button.title = `Colours: ${NAMES[theme]}`;
    app.signals.emit('look', null);
  };
  button.addEventListener('click', () => app.change({theme: NEXT[app.settings.theme]}));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => app.signals.emit('look', null));
  app.signals.on('settings', apply);
  apply();
}
