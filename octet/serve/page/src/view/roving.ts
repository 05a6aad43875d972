// Many buttons as one stop of the Tab key: arrows move among them. `columns` is what up and down skip.

export function roving(root: HTMLElement, selector: string, columns: number): void {
  const all = [...root.querySelectorAll<HTMLElement>(selector)];
  const first =
    all.find((item) => item.getAttribute('aria-pressed') === 'true' || item.getAttribute('aria-selected') === 'true') ??
    all[0];
  for (const item of all) item.tabIndex = item === first ? 0 : -1;
  root.addEventListener('keydown', (event) => {
    const at = all.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns};
    const next = at < 0 ? undefined : all[at + (steps[event.key] ?? NaN)];
    if (!next) return;
    event.preventDefault();
    all[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}
