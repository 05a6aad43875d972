// Runs before the first paint, so that no theme flashes: view/theme.ts says the same of later changes.
let theme: unknown;
try {
  theme = JSON.parse(localStorage.getItem('octet.settings') ?? '{}').theme;
} catch {
  // No storage or nothing readable in it: the system's colours.
}
const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
document.documentElement.dataset.theme = dark ? 'dark' : 'light';
