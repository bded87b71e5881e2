/** Times this close (seconds) are the same; a frame at 1000 fps lasts a thousand times as long. */
const SAME_TIME_SECONDS = 1e-6;

/** What a call's time is, compared with the call before. */
export type Move =
  /** The same time once more. */
  | "repeat"
  /** One stride on, as expected. */
  | "step"
  /** Anything else: the first call, a jump, another stride. */
  | "seek";

/** Learns the time step of the calls of one page, so that the times to come are known. */
export class Stride {
  #last: number | undefined;
  #step: number | undefined;
  #candidate: number | undefined;

  /** Takes the time of a call, in seconds. */
  observe(time: number): Move {
    const last = this.#last;
    this.#last = time;
    if (last === undefined) return "seek";
    const step = time - last;
    if (isSame(step, 0)) return "repeat";
    if (isSame(step, this.#step)) return "step";
    // A jump is most often followed by the stride of before; a new stride is one that comes twice. A step back is a
    // recapture or a new pass, never the beginning of a render that runs backwards.
    if (step > 0 && (this.#step === undefined || isSame(step, this.#candidate))) this.#step = step;
    this.#candidate = step;
    return "seek";
  }

  /** The time `steps` calls after the last one, or `undefined` while no stride is known. */
  ahead(steps: number): number | undefined {
    if (this.#last === undefined || this.#step === undefined) return undefined;
    return this.#last + steps * this.#step;
  }
}

/** Whether two times, or two differences of times, in seconds, are the same but for rounding. */
export function isSame(a: number, b: number | undefined): boolean {
  return b !== undefined && Math.abs(a - b) < SAME_TIME_SECONDS;
}
