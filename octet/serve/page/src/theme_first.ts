// Runs before the first paint, so that no theme flashes.
import {paintTheme} from './view/paint_theme';

let theme: unknown;
try {
  theme = JSON.parse(localStorage.getItem('octet.settings') ?? '{}').theme;
} catch {
  // No storage or nothing readable in it: the system's colours.
}
paintTheme(theme);
