// A box in which a question is put in other words. Enter sends, Escape leaves things as they are.
import {h} from './dom';
import {fit, sends} from './textarea';

export function editor(
  text: string,
  send: (text: string) => void,
  close: () => void,
): {root: HTMLElement; focus(): void} {
  const area = h('textarea', {class: 'edit-area', 'aria-label': 'Edit the question', rows: '1'});
  area.value = text;
  const submit = () => {
    if (area.value.trim() === '' || area.value === text) close();
    else send(area.value);
  };
  area.addEventListener('input', () => fit(area));
  area.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      close();
    } else if (sends(event)) {
      event.preventDefault();
      submit();
    }
  });
  const root = h(
    'div',
    {class: 'edit'},
    area,
    h(
      'div',
      {class: 'edit-actions'},
      h('span', {class: 'hint'}, 'A new branch; the old one stays'),
      h('button', {type: 'button', class: 'button quiet', onclick: close}, 'Cancel'),
      h('button', {type: 'button', class: 'button primary', onclick: submit}, 'Send'),
    ),
  );
  return {
    root,
    focus: () => {
      fit(area);
      area.focus();
      area.setSelectionRange(text.length, text.length);
    },
  };
}
