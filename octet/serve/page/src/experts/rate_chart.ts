// Tokens a second over time, drawn by uPlot with the page's colours.
import uPlot from 'uplot';
import {digits} from '../numbers/format';
import {FEWEST, rates} from '../numbers/rate';
import {h} from '../view/dom';

const HEIGHT = 150;
const POINTS = 60;

export class RateChart {
  private readonly note = h('p', {class: 'hint'});
  private readonly box = h('div', {class: 'chart', role: 'img'});
  readonly root = h('div', {}, this.note, this.box);
  private plot: uPlot | null = null;
  private look = '';

  constructor() {
    new ResizeObserver(() => {
      if (this.plot && this.box.clientWidth) this.plot.setSize({width: this.box.clientWidth, height: HEIGHT});
    }).observe(this.box);
  }

  show(arrivals: number[], running: boolean): void {
    const data = rates(arrivals, POINTS);
    const none = data[0].length === 0;
    this.box.hidden = none;
    this.note.hidden = !none;
    if (none) {
      this.note.textContent = running
        ? 'A curve is drawn once the answer has run for a second.'
        : arrivals.length === 0
          ? 'Nothing was recorded of this answer, so there is no curve.'
          : arrivals.length < FEWEST
            ? 'Too few tokens for a curve.'
            : 'All tokens came within a second of the first: too short for a curve.';
      return;
    }
    const most = Math.max(...data[1]);
    const mean = (arrivals.length - 1) / (arrivals[arrivals.length - 1] - arrivals[0]);
    this.box.setAttribute(
      'aria-label',
      `Tokens a second over time: ${digits(mean)} on average, ${digits(most)} at most, over ${digits(data[0][data[0].length - 1])} seconds.`,
    );
    if (!this.box.clientWidth) return; // the panel is closed
    const style = getComputedStyle(this.box);
    const look = ['--accent', '--muted', '--line'].map((name) => style.getPropertyValue(name)).join();
    if (!this.plot || look !== this.look) this.build(style);
    this.look = look;
    this.plot!.setData(data);
  }

  private build(style: CSSStyleDeclaration): void {
    this.plot?.destroy();
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const axis: uPlot.Axis = {
      stroke: colour('--muted'),
      font: `500 10px ${colour('--mono')}`,
      ticks: {show: false},
      grid: {stroke: colour('--line'), width: 1},
      gap: 6,
    };
    this.plot = new uPlot(
      {
        width: this.box.clientWidth,
        height: HEIGHT,
        legend: {show: false},
        cursor: {show: false},
        padding: [8, 16, 0, 0],
        scales: {
          x: {time: false, range: (_, __, last) => [0, Math.max(0.02, last)]},
          y: {range: (_, __, top) => [0, Math.max(1, top * 1.1)]},
        },
        axes: [
          {...axis, size: 24, values: (_, all) => all.map((value) => `${value} s`), grid: {show: false}},
          {...axis, size: 40},
        ],
        series: [{}, {stroke: colour('--accent'), width: 1.5, fill: colour('--accent-faint'), points: {show: false}}],
      },
      [[], []],
      this.box,
    );
  }
}
