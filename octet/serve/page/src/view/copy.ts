import {announce} from './announce';
import {h} from './dom';
import {icon} from './icons';

const SHOWN = 1500; // milliseconds that the tick stays

// Copies what `text` gives when it is pressed, and says so.
export function copyButton(name: string, text: () => string): HTMLButtonElement {
  const button = h(
    'button',
    {type: 'button', class: 'icon-button small', 'aria-label': name, title: name, onclick: () => void copy()},
    icon('copy'),
  );
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      announce('The browser allows no copying here');
      return;
    }
    announce('Copied');
    button.replaceChildren(icon('check'));
    window.setTimeout(() => button.replaceChildren(icon('copy')), SHOWN);
  };
  return button;
}
