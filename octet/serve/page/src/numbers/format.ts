// Figures as they are shown.

const PREFIXES: [number, string][] = [
  [1e18, 'E'],
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
];

// Three digits of precision at most: 1234 → "1.23k" (with the unit: "1.23 kJ").
export function si(value: number, unit: string): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return `0 ${unit}`.trim();
  const [scale, prefix] = PREFIXES.find(([size]) => Math.abs(value) >= size) ?? PREFIXES[PREFIXES.length - 1];
  return `${digits(value / scale)} ${prefix}${unit}`.trim();
}

export function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function tokens(value: number): string {
  return `${count(value)} ${value === 1 ? 'token' : 'tokens'}`;
}

export function parameters(value: number): string {
  return si(value, '').replace(' G', ' B').replace(' ', '');
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  const step = Math.min(4, Math.floor(Math.log2(value) / 10));
  return `${digits(value / 1024 ** step)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][step]}`;
}

// Two digits that count, written out: $0.0000012.
export function dollars(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '$0';
  if (value >= 0.1) return `$${value.toFixed(2)}`;
  const places = Math.ceil(-Math.log10(value)) + 1;
  return places <= 14 ? `$${value.toFixed(places)}` : `$${value.toExponential(1)}`;
}

export function percent(value: number): string {
  if (value === 0) return '0 %';
  if (value > 0 && value < 0.001) return '<0.1 %';
  if (value > 0.999 && value < 1) return '>99.9 %';
  return value < 0.1 || (value > 0.99 && value < 1) ? `${(100 * value).toFixed(1)} %` : `${Math.round(100 * value)} %`;
}

export function seconds(value: number): string {
  return value < 1 ? `${Math.round(1000 * value)} ms` : `${digits(value)} s`;
}

const NAMES: Record<string, string> = {' ': '␣', '\n': '⏎', '\t': '⇥', '\r': '␍', '\uFFFD': '◌'};

// A token's text with its blanks made visible.
export function visible(text: string): string {
  return text === '' ? '∅' : text.replace(/[ \n\t\r\uFFFD]/g, (character) => NAMES[character]);
}

const SPOKEN: Record<string, string> = {
  ' ': 'space',
  '\n': 'line break',
  '\t': 'tab',
  '\r': 'carriage return',
  '\uFFFD': 'part of a character',
};

// The same for screen readers, which pass over blanks.
export function spoken(text: string): string {
  if (text === '') return 'empty';
  if (text.trim() === '') return [...text].map((character) => SPOKEN[character] ?? 'blank').join(', ');
  return (text.startsWith(' ') ? 'space ' : '') + text.trim();
}
