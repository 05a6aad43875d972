// Puts a theme's colours on the page: data-theme says light or dark, whatever the setting is.
export const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

// theme: 'light', 'dark', or anything else for the system's.
export function paintTheme(theme: unknown): void {
  const dark = theme === 'dark' || (theme !== 'light' && systemIsDark.matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}
