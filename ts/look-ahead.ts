import { dueFrames, type FrameLookup } from "./frame.js";

/** Most steps that are planned ahead, for videos that change seldom. */
const MOST_STEPS = 96;

/** Steps that are planned where nothing was: the times may turn out to have no stride. */
const FIRST_STEPS = 16;

/** Frames that are made ahead in one round, at first and at most: a step may have to wait for one. */
const FIRST_ROUND_FRAMES = 16;
const MOST_ROUND_FRAMES = 64;

/** Most steps without a round, after rounds have failed again and again. */
const LONGEST_BACK_OFF = 64;

/** Times this close (seconds) are the same; a frame at 1000 fps lasts a thousand times as long. */
const SAME_TIME_SECONDS = 1e-6;

/** A step to come, and the paths of its frames. */
interface PlannedStep {
  readonly time: number;
  readonly paths: readonly string[];
}

/** Plans which frames the steps to come will ask for, from the stride of the steps that came and the table; and when they are made. */
export class LookAhead {
  readonly #lookup: FrameLookup;
  readonly #stride = new Stride();
  #steps: PlannedStep[] = [];
  /** How many of the steps each frame is in. */
  readonly #uses = new Map<string, number>();
  /** The first time that the table has no answer for. */
  #end = Number.POSITIVE_INFINITY;
  /** Frames that cannot be read: their step, if it comes, will say so. */
  readonly #unreadable = new Set<string>();
  #roundFrames = FIRST_ROUND_FRAMES;
  #failures = 0;
  /** Steps until the next round. */
  #backOff = 0;

  constructor(lookup: FrameLookup) {
    this.#lookup = lookup;
  }

  /** Takes the time of a step, in seconds; of one that holds the frames of another time, that time. */
  observe(time: number): void {
    if (isSame(time, this.#stride.ahead(0))) return;
    this.#stride.observe(time);
    while (this.#steps[0] !== undefined && this.#steps[0].time < time + SAME_TIME_SECONDS) this.#shift();
    // What was planned from another time, or with another stride, is planned anew.
    if (isSame(this.#stride.ahead(1) ?? Number.NaN, this.#steps[0]?.time)) return;
    this.#steps = [];
    this.#uses.clear();
  }

  /**
   * Plans on where few steps are left. A table that throws ends the plan there: the step itself, if it ever comes, will say what is
   * wrong. Returns what it threw.
   */
  plan(): unknown {
    if (this.#steps.length > MOST_STEPS / 2) return undefined;
    const most = this.#steps.length === 0 ? FIRST_STEPS : MOST_STEPS;
    while (this.#steps.length < most) {
      const time = this.#stride.ahead(this.#steps.length + 1);
      if (time === undefined || time > this.#end - SAME_TIME_SECONDS) return undefined;
      try {
        const paths = dueFrames(this.#lookup, time, undefined).map(({ framePath }) => framePath);
        this.#steps.push({ time, paths });
        for (const path of paths) this.#uses.set(path, (this.#uses.get(path) ?? 0) + 1);
      } catch (error) {
        this.#end = time;
        return error;
      }
    }
    return undefined;
  }

  has(path: string): boolean {
    return this.#uses.has(path);
  }

  /** The frames of the next step that has any which are not shown. */
  next(isShown: (path: string) => boolean): string[] {
    for (const { paths } of this.#steps) {
      const fresh = paths.filter((path) => !isShown(path));
      if (fresh.length > 0) return fresh;
    }
    return [];
  }

  /**
   * The frames that are to be made now, in the order of their steps; none while enough are there, or after rounds that failed.
   *
   * @param capacity most frames that may be ahead; @param ahead how many are.
   */
  startRound(capacity: number, ahead: number, isMade: (path: string) => boolean): string[] {
    if (this.#backOff > 0) {
      this.#backOff--;
      return [];
    }
    const room = Math.min(capacity - ahead, this.#roundFrames);
    if (room < Math.min(capacity / 2, this.#roundFrames)) return [];
    const paths: string[] = [];
    for (const path of this.#uses.keys()) {
      if (paths.length >= room) break;
      if (!isMade(path) && !this.#unreadable.has(path)) paths.push(path);
    }
    if (paths.length > 0) this.#roundFrames = Math.min(this.#roundFrames * 2, MOST_ROUND_FRAMES);
    return paths;
  }

  /** Takes how a round ended. After one that failed the next ones wait longer and longer. */
  endRound(isDone: boolean): void {
    this.#failures = isDone ? 0 : this.#failures + 1;
    this.#backOff = isDone ? 0 : Math.min(2 ** this.#failures, LONGEST_BACK_OFF);
  }

  /** Leaves a frame to its step. */
  leaveOut(path: string): void {
    this.#unreadable.add(path);
  }

  #shift(): void {
    for (const path of this.#steps.shift()?.paths ?? []) {
      const left = (this.#uses.get(path) ?? 0) - 1;
      if (left > 0) this.#uses.set(path, left);
      else this.#uses.delete(path);
    }
  }
}

/** Learns the time from one call of a page to the next, so that the times to come are known. */
export class Stride {
  #last: number | undefined;
  #step: number | undefined;
  #candidate: number | undefined;

  observe(time: number): void {
    const step = time - (this.#last ?? time);
    this.#last = time;
    if (isSame(step, 0) || isSame(step, this.#step)) return;
    // A jump is most often followed by the stride of before; a new stride is one that comes twice. A step back is a
    // recapture or a new pass, never the beginning of a render that runs backwards.
    if (step > 0 && (this.#step === undefined || isSame(step, this.#candidate))) this.#step = step;
    this.#candidate = step;
  }

  /** The time `steps` calls after the last one, or `undefined` while no stride is known. */
  ahead(steps: number): number | undefined {
    if (this.#last === undefined || this.#step === undefined) return undefined;
    return this.#last + steps * this.#step;
  }
}

/** Whether two times, or two differences of times, in seconds, are the same but for rounding. */
function isSame(a: number, b: number | undefined): boolean {
  return b !== undefined && Math.abs(a - b) < SAME_TIME_SECONDS;
}
