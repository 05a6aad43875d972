// Watts and the price of a kilowatt-hour: the server's until the reader says others. Stands in the settings and beside the cost.
import type {App} from '../app';
import {pathOf} from '../store/tree';
import type {Price} from '../wire';
import {h} from './dom';

// What the server stated with its newest answer.
function stated(app: App): Price | null {
  const costs = pathOf(app.current)
    .map((message) => message.cost)
    .filter((cost) => cost !== undefined);
  return costs[costs.length - 1]?.price ?? null;
}

export function pricePart(app: App, place: string): HTMLElement {
  const server = stated(app);
  const shown = app.settings.price ?? server;
  const field = (name: keyof Price, label: string, step: string) => {
    const input = h('input', {
      id: `${place}-${name}`,
      type: 'number',
      min: '0',
      step,
      inputmode: 'decimal',
      value: shown?.[name] ?? '',
      placeholder: 'the server’s',
    });
    input.addEventListener('change', () => {
      const from = app.settings.price ?? stated(app) ?? {watts: 65, dollars_per_kwh: 0.15};
      const value = Number(input.value);
      if (input.value === '' || !(value >= 0)) app.change({price: null});
      else app.change({price: {...from, [name]: value}});
    });
    return h('div', {class: 'field'}, h('label', {for: input.id}, label), input);
  };
  const note = app.settings.price ? 'Your own figures.' : 'The server’s figures: watts are assumed, not measured.';
  return h(
    'div',
    {class: 'price'},
    h(
      'div',
      {class: 'fields'},
      field('watts', 'Watts while computing', '1'),
      field('dollars_per_kwh', 'Dollars a kWh', '0.01'),
    ),
    h(
      'p',
      {class: 'hint'},
      note,
      app.settings.price && ' ',
      app.settings.price &&
        h('button', {type: 'button', class: 'link', onclick: () => app.change({price: null})}, 'Use the server’s'),
    ),
  );
}
