// Keeps a growing box at its end while the reader is at its end, and leaves it alone once the reader scrolled away.

const NEAR = 48; // pixels that still count as the end

export class StickToEnd {
  private stuck = true;

  constructor(
    private readonly box: HTMLElement,
    content: HTMLElement,
    private readonly moved: (atEnd: boolean) => void,
  ) {
    box.addEventListener('scroll', () => this.read(), {passive: true});
    const watch = new ResizeObserver(() => this.hold());
    watch.observe(content);
    watch.observe(box);
  }

  toEnd(): void {
    this.stuck = true;
    this.hold();
  }

  private read(): void {
    const {scrollTop, scrollHeight, clientHeight} = this.box;
    this.stuck = scrollHeight - clientHeight - scrollTop < NEAR;
    this.moved(this.stuck);
  }

  private hold(): void {
    if (this.stuck) this.box.scrollTop = this.box.scrollHeight;
    this.moved(this.stuck || this.box.scrollHeight <= this.box.clientHeight);
  }
}
