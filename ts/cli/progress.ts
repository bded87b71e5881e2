/** Says how far something is: a bar that is redrawn on a terminal, a line now and then elsewhere. */

const BAR_WIDTH = 32;
const LINE_EVERY_MS = 10_000;

export class Progress {
  readonly #label: string;
  readonly #terminal = process.stdout.isTTY === true;
  readonly #start = performance.now();
  #lastLine = performance.now();

  constructor(label: string) {
    this.#label = label;
    if (this.#terminal) this.#draw(0);
    else console.log(`${label} ...`);
  }

  /** @param done from 0 to 1 */
  update(done: number): void {
    if (this.#terminal) {
      this.#draw(done);
      return;
    }
    const now = performance.now();
    if (now - this.#lastLine < LINE_EVERY_MS) return;
    this.#lastLine = now;
    console.log(`${this.#label} ... ${Math.round(done * 100)} %`);
  }

  finish(): void {
    const seconds = ((performance.now() - this.#start) / 1000).toFixed(1);
    // Clears the bar before the line that replaces it.
    if (this.#terminal) process.stdout.write("\r\x1b[K");
    console.log(`${this.#label}: ${seconds} s`);
  }

  #draw(done: number): void {
    const filled = Math.round(Math.min(1, Math.max(0, done)) * BAR_WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
    const percent = String(Math.round(done * 100)).padStart(3);
    process.stdout.write(`\r${this.#label.padEnd(24)} ${bar} ${percent} %\x1b[K`);
  }
}
