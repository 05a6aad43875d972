// Says to screen readers what happened. A streaming answer is not read token by token: its beginning and end are said.
import {byId} from './dom';

export function announce(text: string): void {
  const region = byId('live');
  region.textContent = '';
  window.setTimeout(() => (region.textContent = text), 60); // a change is what makes it speak
}

let timer = 0;

// The same, for the eye too: a line that goes away by itself.
export function notice(text: string): void {
  const box = byId('notice');
  box.textContent = text;
  box.classList.add('shown');
  announce(text);
  clearTimeout(timer);
  timer = window.setTimeout(() => box.classList.remove('shown'), 6000);
}
