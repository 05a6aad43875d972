// A heat map of layer by expert on a canvas. What it shows is said in words by its label, and in full by a table beside it.
import {calm, eachFrame, h} from '../view/dom';

export interface Cell {
  layer: number; // index among the MoE layers
  expert: number;
}

const GUTTER = 30; // for the layers' names
const AXIS = 16; // for the experts' numbers
const FADE = 350; // milliseconds in which the glow of a fired expert falls to a third

export class ExpertMap {
  readonly root: HTMLElement;
  private readonly canvas = h('canvas', {class: 'map-canvas', role: 'img'});
  private readonly readout = h('p', {class: 'map-readout', 'aria-hidden': 'true'});
  private names: number[] = [];
  private experts = 0;
  private target: Float32Array = new Float32Array(0); // heat of each cell, 0 to 1
  private shown: Float32Array = new Float32Array(0);
  private pinned: Cell | null = null;
  private hover: Cell | null = null;
  private last = 0;
  private readonly draw = eachFrame(() => this.paint());

  constructor(
    private readonly describe: (cell: Cell) => string,
    private readonly rest: string,
    pick: (cell: Cell) => void,
  ) {
    this.root = h('div', {class: 'map'}, this.canvas, this.readout);
    this.readout.textContent = rest;
    this.canvas.addEventListener('pointermove', (event) => this.point(this.at(event)));
    this.canvas.addEventListener('pointerleave', () => this.point(null));
    this.canvas.addEventListener('click', (event) => {
      const cell = this.at(event);
      if (cell) pick(cell);
    });
    new ResizeObserver(() => this.redraw()).observe(this.canvas);
  }

  // Fixes the size, so that nothing moves when values come. names: the numbers of the layers that have experts.
  shape(names: number[], experts: number): void {
    if (names.length === this.names.length && experts === this.experts) return;
    this.names = names;
    this.experts = experts;
    this.target = new Float32Array(names.length * experts);
    this.shown = new Float32Array(names.length * experts);
    this.canvas.style.height = `${names.length * this.rowHeight() + AXIS}px`;
    this.redraw();
  }

  // heat: layer after layer, 0 to 1. The label says in words what is seen.
  show(heat: Float32Array, label: string, pinned: Cell | null, glowing: boolean): void {
    this.target = heat;
    this.pinned = pinned;
    this.canvas.setAttribute('aria-label', label);
    if (!glowing || calm()) this.shown = heat.slice();
    this.last = performance.now();
    this.draw();
  }

  redraw(): void {
    this.draw();
  }

  private rowHeight(): number {
    const {length} = this.names;
    return length <= 8 ? 18 : length <= 16 ? 12 : length <= 32 ? 8 : 5;
  }

  private cellWidth(): number {
    return (this.canvas.clientWidth - GUTTER) / Math.max(1, this.experts);
  }

  private at(event: PointerEvent | MouseEvent): Cell | null {
    const box = this.canvas.getBoundingClientRect();
    const expert = Math.floor((event.clientX - box.left - GUTTER) / this.cellWidth());
    const layer = Math.floor((event.clientY - box.top) / this.rowHeight());
    const inside = expert >= 0 && expert < this.experts && layer >= 0 && layer < this.names.length;
    return inside ? {layer, expert} : null;
  }

  private point(cell: Cell | null): void {
    if (cell?.layer === this.hover?.layer && cell?.expert === this.hover?.expert) return;
    this.hover = cell;
    this.readout.textContent = cell ? this.describe(cell) : this.rest;
    this.draw();
  }

  // Moves what is shown towards the target: up at once, down slowly, which is the afterglow. True while it still moves.
  private settle(): boolean {
    const now = performance.now();
    const keep = Math.exp((this.last - now) / FADE);
    this.last = now;
    let moving = false;
    for (let at = 0; at < this.target.length; at++) {
      const gap = this.shown[at] - this.target[at];
      this.shown[at] = gap > 0.01 ? this.target[at] + gap * keep : this.target[at];
      moving ||= gap > 0.01;
    }
    return moving;
  }

  private paint(): void {
    const {clientWidth: width, clientHeight: height} = this.canvas;
    const context = this.canvas.getContext('2d');
    if (!context || !width || !this.experts) return;
    const moving = this.settle();
    const scale = window.devicePixelRatio || 1;
    const pixels = [Math.round(width * scale), Math.round(height * scale)];
    if (this.canvas.width !== pixels[0] || this.canvas.height !== pixels[1])
      [this.canvas.width, this.canvas.height] = pixels;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(this.canvas);
    this.paintCells(context, ramp(style));
    this.paintAxes(context, style);
    this.outline(context, this.pinned, style.getPropertyValue('--text'));
    this.outline(context, this.hover, style.getPropertyValue('--muted'));
    if (moving) this.draw();
  }

  private paintCells(context: CanvasRenderingContext2D, colours: string[]): void {
    const width = this.cellWidth();
    const height = this.rowHeight();
    const gap = width >= 6 && height >= 8 ? 2 : width >= 3 && height >= 5 ? 1 : 0;
    const radius = gap === 2 ? 2 : 0;
    for (let at = 0; at < this.shown.length; at++) {
      const level = Math.min(colours.length - 1, Math.floor(this.shown[at] * colours.length));
      context.fillStyle = colours[level];
      const box = [
        GUTTER + (at % this.experts) * width,
        Math.floor(at / this.experts) * height,
        Math.max(width - gap, 0.7),
        height - gap,
      ] as const;
      if (radius === 0) {
        context.fillRect(...box); // much quicker, and a large model has thousands of cells
        continue;
      }
      context.beginPath();
      context.roundRect(...box, radius);
      context.fill();
    }
  }

  private paintAxes(context: CanvasRenderingContext2D, style: CSSStyleDeclaration): void {
    const height = this.rowHeight();
    context.fillStyle = style.getPropertyValue('--muted');
    context.font = `500 10px ${style.getPropertyValue('--mono')}`;
    context.textBaseline = 'middle';
    const every = Math.ceil(11 / height);
    this.names.forEach((name, layer) => {
      if (layer % every === 0) context.fillText(`L${name}`, 0, Math.max(5, layer * height + height / 2 - 1));
    });
    const step = [1, 2, 4, 8, 16, 32, 64, 128, 256].find((size) => size * this.cellWidth() >= 26) ?? 256;
    context.textAlign = 'center';
    for (let expert = 0; expert < this.experts; expert += step) {
      context.fillText(
        String(expert),
        GUTTER + (expert + 0.5) * this.cellWidth() - 1,
        this.names.length * height + AXIS / 2 + 2,
      );
    }
    context.textAlign = 'start';
  }

  private outline(context: CanvasRenderingContext2D, cell: Cell | null, colour: string): void {
    if (!cell) return;
    const width = this.cellWidth();
    const height = this.rowHeight();
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.strokeRect(GUTTER + cell.expert * width - 1, cell.layer * height - 1, Math.max(3, width), height);
  }
}

const STEPS = 10; // --heat-0 … --heat-9 in tokens.css

function ramp(style: CSSStyleDeclaration): string[] {
  return Array.from({length: STEPS}, (_, step) => style.getPropertyValue(`--heat-${step}`).trim());
}
