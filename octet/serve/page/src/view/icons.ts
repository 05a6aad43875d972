// Line icons on a grid of 20, drawn with the text's colour.

const PATHS = {
  plus: 'M10 4v12M4 10h12',
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h8',
  close: 'M5 5l10 10M15 5L5 15',
  sliders: 'M3.5 6.5h6M13.5 6.5h3M3.5 13.5h3M10.5 13.5h6M11.5 4.5v4M8.5 11.5v4',
  sun: 'M10 6.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4M10 2.2v1.6M10 16.2v1.6M2.2 10h1.6M16.2 10h1.6M4.5 4.5l1.1 1.1M14.4 14.4l1.1 1.1M4.5 15.5l1.1-1.1M14.4 5.6l1.1-1.1',
  moon: 'M16.2 11.8A6.6 6.6 0 0 1 8.2 3.8a6.6 6.6 0 1 0 8 8z',
  auto: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 3v14M12.5 4v12M15 5.5v9',
  send: 'M10 16V4.5M5 9.5l5-5 5 5',
  stop: 'M6.5 6.5h7v7h-7z',
  copy: 'M7.5 7.5h8.5v8.5H7.5zM12.5 7.5V4H4v8.5h3.5',
  check: 'M4.5 10.5l3.5 3.5 7.5-8',
  again: 'M15.5 6.5A6.5 6.5 0 1 0 16.5 10M15.8 3v3.7h-3.7',
  pencil: 'M4 16l.8-3.4 8.6-8.6 2.6 2.6-8.6 8.6zM11.8 5.6l2.6 2.6',
  left: 'M12 5l-5 5 5 5',
  right: 'M8 5l5 5-5 5',
  down: 'M5 8l5 5 5-5',
  download: 'M10 3.5v9M6 9l4 4 4-4M3.5 16.5h13',
  upload: 'M10 13V4M6 7.5l4-4 4 4M3.5 16.5h13',
  trash: 'M4 6h12M8 6V4h4v2M5.5 6l.7 10.5h7.6L14.5 6',
  experts:
    'M4 4.2h2.4v2.4H4zM8.8 4.2h2.4v2.4H8.8zM13.6 4.2H16v2.4h-2.4zM4 8.9h2.4v2.4H4zM8.8 8.9h2.4v2.4H8.8zM13.6 8.9H16v2.4h-2.4zM4 13.6h2.4V16H4zM8.8 13.6h2.4V16H8.8zM13.6 13.6H16V16h-2.4z',
  bolt: 'M11 2.8L4.8 11.2h4.6L9 17.2l6.2-8.4h-4.6z',
} as const;

export type IconName = keyof typeof PATHS;

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
