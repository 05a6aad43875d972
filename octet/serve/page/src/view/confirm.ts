import {h} from './dom';

// Asks before something is lost; true if the answer was yes.
export function confirm(question: string, detail: string, yes: string): Promise<boolean> {
  return new Promise((resolve) => {
    const before = document.activeElement;
    let answer = false;
    const choose = (value: boolean) => () => {
      answer = value;
      dialog.close();
    };
    const dialog = h(
      'dialog',
      {class: 'dialog confirm', 'aria-labelledby': 'confirm-question'},
      h('h2', {id: 'confirm-question'}, question),
      h('p', {}, detail),
      h(
        'div',
        {class: 'dialog-actions'},
        h('button', {type: 'button', class: 'button quiet', onclick: choose(false)}, 'Cancel'),
        h('button', {type: 'button', class: 'button danger', onclick: choose(true)}, yes),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (before instanceof HTMLElement) before.focus();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
