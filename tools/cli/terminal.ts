/** Text for a terminal: how far something is, long lines broken, and a reader who is gone. */

const LABEL_WIDTH = 24;
const BAR_WIDTH = 32;
const LINE_EVERY_MS = 10_000;

/** ` 100 %` */
const PERCENT_WIDTH = 6;

/** Has `listener` called where nobody reads a stream any more; what else goes wrong with it is thrown, as without this. */
export function onBrokenPipe(stream: NodeJS.WriteStream, listener: () => void): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    listener();
  });
}

/** Says how far something is: a bar that is redrawn on a terminal, a line now and then elsewhere. */
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
    this.clear();
    console.log(`${this.#label}: ${seconds} s`);
  }

  /** Takes the bar away, and says nothing. */
  clear(): void {
    if (this.#terminal) process.stdout.write("\r\x1b[K");
  }

  #draw(done: number): void {
    process.stdout.write(`\r${progressLine(this.#label, done, process.stdout.columns)}\x1b[K`);
  }
}

/** One line that a terminal of this width shows in one; the last column stays free, since some wrap there already. */
export function progressLine(label: string, done: number, columns = 80): string {
  const part = Math.min(1, Math.max(0, done));
  const percent = `${String(Math.round(part * 100)).padStart(3)} %`.padStart(PERCENT_WIDTH);
  const room = Math.max(0, columns - 1 - percent.length);
  const bar = Math.min(BAR_WIDTH, room - Math.max(LABEL_WIDTH, label.length) - 1);
  // A bar of a few letters says nothing.
  if (bar < 8) return label.slice(0, room).padEnd(Math.min(room, LABEL_WIDTH)) + percent;
  const filled = Math.round(part * bar);
  return `${label.padEnd(LABEL_WIDTH)} ${"█".repeat(filled)}${"░".repeat(bar - filled)}${percent}`;
}

/** Breaks a text at its spaces; what follows keeps the indent. A word that is longer than a line stays whole, so that paths can be copied. */
export function wrap(text: string, width: number): string[] {
  const indent = /^ */.exec(text)?.[0] ?? "";
  const lines: string[] = [];
  for (const word of text.trimStart().split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}
