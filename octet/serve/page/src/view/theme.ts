// Light, dark or as the system says: the button, and what follows a choice or the system's change.
import type {App} from '../app';
import type {Theme} from '../store/settings';
import {icon} from './icons';
import {paintTheme, systemIsDark} from './paint_theme';

const NEXT: Record<Theme, Theme> = {auto: 'light', light: 'dark', dark: 'auto'};
const NAMES: Record<Theme, string> = {auto: 'as the system', light: 'light', dark: 'dark'};
const ICONS = {auto: 'auto', light: 'sun', dark: 'moon'} as const;

export function bindTheme(app: App, button: HTMLButtonElement): void {
  const paint = () => {
    paintTheme(app.settings.theme);
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
  systemIsDark.addEventListener('change', paint);
  app.signals.on('settings', apply);
  apply();
}
