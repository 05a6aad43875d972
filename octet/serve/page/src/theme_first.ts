// Runs before the first paint, so that a chosen theme does not flash.
try {
  const {theme} = JSON.parse(localStorage.getItem('octet.settings') ?? '{}');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // No storage or nothing readable in it: the system's colours.
}
