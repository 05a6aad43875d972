// Where questions are written. The one button sends, and stops while an answer runs.
import type {App} from '../app';
import {byId} from './dom';
import {icon} from './icons';
import {fit, sends} from './textarea';

export function bindComposer(app: App, sent: () => void): {focus(): void; fill(text: string): void} {
  const form = byId<HTMLFormElement>('composer');
  const area = byId<HTMLTextAreaElement>('question');
  const button = byId<HTMLButtonElement>('send');
  const update = () => {
    const running = Boolean(app.runOf(app.current));
    button.replaceChildren(icon(running ? 'stop' : 'send'));
    button.classList.toggle('stop', running);
    button.setAttribute('aria-label', running ? 'Stop' : 'Send');
    button.title = running ? 'Stop (Esc)' : 'Send (Enter)';
    button.disabled = !running && area.value.trim() === '';
  };
  const send = () => {
    if (app.runOf(app.current) || area.value.trim() === '') return;
    const text = area.value;
    area.value = '';
    fit(area);
    app.ask(text);
    update();
    sent();
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!app.stop()) send();
    area.focus();
  });
  area.addEventListener('input', () => {
    fit(area);
    update();
  });
  area.addEventListener('keydown', (event) => {
    if (!sends(event)) return;
    event.preventDefault();
    send();
  });
  app.signals.on('running', update);
  app.signals.on('thread', update);
  update();
  return {
    focus: () => area.focus(),
    fill: (text) => {
      area.value = text;
      send();
    },
  };
}
