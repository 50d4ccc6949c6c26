import { deadlineMs } from './live.js';

/** What `/grid` answers: a letter for each state, and the letters of all batches in the order of their numbers. */
type GridAnswer = { letters: Record<string, string>; states: string };

const largestCell = 18;
const smallestCell = 4;
/** So tall the grid may be before its cells get smaller, in CSS pixels. */
const tallest = 420;

/** Draws a cell for each batch, with a pattern where the colour alone would not do. */
export class Grid {
  readonly #canvas: HTMLCanvasElement;
  readonly #told: HTMLElement;
  readonly #hint: string;
  readonly #runId: string;
  #nameOf: Record<string, string> = {};
  #states = '';
  #cell = largestCell;
  #across = 1;
  /** The batch that the keyboard is at; 0: none. */
  #chosen = 0;

  constructor(canvas: HTMLCanvasElement, told: HTMLElement, runId: string) {
    this.#canvas = canvas;
    this.#told = told;
    this.#hint = told.textContent ?? '';
    this.#runId = runId;
    new ResizeObserver(() => this.#draw()).observe(canvas.parentElement ?? canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
    canvas.addEventListener('mousemove', (event) => this.#tell(this.#numberAt(event)));
    canvas.addEventListener('mouseleave', () => (told.textContent = this.#hint));
    canvas.addEventListener('click', (event) => this.#open(this.#numberAt(event)));
    // Only where this script runs can it be used so.
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'application');
    canvas.setAttribute('aria-describedby', told.id);
    canvas.addEventListener('focus', () => this.#choose(this.#chosen || 1));
    canvas.addEventListener('blur', () => this.#leave());
    canvas.addEventListener('keydown', (event) => this.#press(event));
  }

  #open(number: number | undefined): void {
    if (number !== undefined) location.href = `/batches/${this.#runId}-${String(number).padStart(4, '0')}`;
  }

  #press(event: KeyboardEvent): void {
    const { length } = this.#states;
    const steps: Record<string, number> = {
      ...{ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.#across, ArrowDown: this.#across },
      ...{ Home: -length, End: length },
    };
    const step = steps[event.key];
    if (event.key === 'Enter' && this.#chosen > 0) this.#open(this.#chosen);
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const isEdge = event.key === 'Home' || event.key === 'End';
    const next = this.#chosen + step;
    // A row up or down from the first or the last one leads nowhere.
    if (isEdge || (next >= 1 && next <= length)) this.#choose(Math.min(length, Math.max(1, next)));
  }

  #choose(number: number): void {
    if (this.#states.length === 0) return;
    this.#chosen = number;
    this.#tell(number);
    this.#draw();
  }

  #leave(): void {
    this.#told.textContent = this.#hint;
    this.#draw();
  }

  async load(): Promise<void> {
    const signal = AbortSignal.timeout(deadlineMs);
    const response = await fetch(`/api/v1/runs/${this.#runId}/grid`, { signal });
    if (!response.ok) return;
    const { letters, states } = (await response.json()) as GridAnswer;
    this.#nameOf = Object.fromEntries(Object.entries(letters).map(([name, letter]) => [letter, name]));
    if (states === this.#states) return;
    this.#states = states;
    this.#draw();
  }

  #draw(): void {
    const { length } = this.#states;
    const width = this.#canvas.parentElement?.clientWidth ?? 0;
    if (length === 0 || width === 0) return;
    this.#cell = largestCell;
    while (this.#cell > smallestCell && Math.ceil(length / Math.floor(width / this.#cell)) * this.#cell > tallest)
      this.#cell -= 1;
    this.#across = Math.floor(width / this.#cell);
    const height = Math.ceil(length / this.#across) * this.#cell;
    const sharpness = window.devicePixelRatio || 1;
    this.#canvas.width = width * sharpness;
    this.#canvas.height = height * sharpness;
    // Not by a style: its size follows from these in the style sheet.
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    const pen = this.#canvas.getContext('2d');
    if (!pen) return;
    pen.scale(sharpness, sharpness);
    this.#paint(pen);
    this.#canvas.dataset.drawn = String(length);
  }

  #paint(pen: CanvasRenderingContext2D): void {
    const style = getComputedStyle(this.#canvas);
    const colours = new Map<string, { fill: string; ink: string }>();
    for (const [letter, name] of Object.entries(this.#nameOf))
      colours.set(letter, {
        fill: style.getPropertyValue(`--${name}`),
        ink: style.getPropertyValue(`--${name}-ink`) || 'transparent',
      });
    const size = this.#cell - (this.#cell > 6 ? 2 : 1);
    for (const [at, letter] of [...this.#states].entries()) {
      const x = (at % this.#across) * this.#cell;
      const y = Math.floor(at / this.#across) * this.#cell;
      const colour = colours.get(letter);
      pen.fillStyle = colour?.fill ?? 'gray';
      pen.fillRect(x, y, size, size);
      if (colour) this.#mark(pen, this.#nameOf[letter] ?? '', colour.ink, x, y, size);
    }
    if (document.activeElement === this.#canvas && this.#chosen > 0) this.#outline(pen, style.color, size);
  }

  /** Where the keyboard is. */
  #outline(pen: CanvasRenderingContext2D, colour: string, size: number): void {
    const at = this.#chosen - 1;
    pen.strokeStyle = colour;
    pen.lineWidth = 2;
    pen.strokeRect((at % this.#across) * this.#cell, Math.floor(at / this.#across) * this.#cell, size, size);
  }

  #mark(pen: CanvasRenderingContext2D, name: string, ink: string, x: number, y: number, size: number): void {
    if (name !== 'failed' && name !== 'unknown' && name !== 'cancelled') return;
    pen.strokeStyle = ink;
    pen.fillStyle = ink;
    pen.lineWidth = Math.max(1, size / 7);
    pen.beginPath();
    if (name === 'unknown') {
      pen.arc(x + size / 2, y + size / 2, Math.max(0.8, size / 4), 0, 2 * Math.PI);
      pen.fill();
      return;
    }
    pen.moveTo(x, y + size);
    pen.lineTo(x + size, y);
    if (name === 'failed') {
      pen.moveTo(x, y);
      pen.lineTo(x + size, y + size);
    }
    pen.stroke();
  }

  #numberAt({ offsetX, offsetY }: MouseEvent): number | undefined {
    const column = Math.floor(offsetX / this.#cell);
    const number = Math.floor(offsetY / this.#cell) * this.#across + column + 1;
    return column < this.#across && number >= 1 && number <= this.#states.length ? number : undefined;
  }

  #tell(number: number | undefined): void {
    const name = this.#nameOf[this.#states[(number ?? 0) - 1] ?? ''];
    this.#told.textContent = number === undefined || !name ? this.#hint : `Batch ${number}: ${name}`;
    this.#canvas.classList.toggle('over', number !== undefined);
  }
}
