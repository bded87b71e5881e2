import type { FrameInspector } from "../cache/frame-info.js";
import type { FrameLookup } from "../lookup/frame-lookup.js";
import type { StepFrame } from "../lookup/shown-frames.js";
import { LateError, within } from "../transport/bounded.js";
import type { FrameSource, PageTransport } from "../transport/transport.js";
import { decodedBytes, type PreparedFrame } from "./prepared-frame.js";
import { type PlannedStep, StepPlan } from "./step-plan.js";
import { isSame, type Stride } from "./stride.js";

/** Most steps that are planned ahead, for videos that change seldom. */
const MOST_STEPS = 96;

/** Longest that a round may take, in milliseconds: a step that needs it waits no longer. */
const LONGEST_ROUND_MS = 10_000;

interface PreparedStep {
  readonly time: number;
  readonly frames: Map<string, PreparedFrame>;
}

/** What the look-ahead of a page is made of. */
export interface LookAheadParts {
  readonly lookup: FrameLookup;
  readonly stride: Stride;
  readonly inspect: FrameInspector;
  /** Steps of fewer bytes are not prepared: they go inline. */
  readonly leastStepBytes: number;
  /** Takes blob URLs that will not be shown. */
  readonly discard: (frame: PreparedFrame) => void;
  /** The same for sources that arrived when nobody waited for them any more. */
  readonly discardLate: (sources: readonly FrameSource[]) => void;
  /** Told of a round that the page did not answer in time. */
  readonly late: (error: LateError) => void;
}

/**
 * Makes the sources of the steps to come, many steps in one go, while the present ones are captured. What was made for
 * steps that do not come (a seek, another stride) is discarded.
 */
export class LookAhead {
  readonly #parts: LookAheadParts;
  readonly #plan: StepPlan;
  #steps: PreparedStep[] = [];
  #batch: { readonly steps: readonly PlannedStep[]; readonly done: Promise<void> } | undefined;
  #generation = 0;
  #failures = 0;

  constructor(parts: LookAheadParts) {
    this.#parts = parts;
    this.#plan = new StepPlan(parts.lookup);
  }

  /** What was prepared for the step at `time`; earlier steps are discarded, with what the step does not use. */
  async take(time: number, frames: readonly StepFrame[]): Promise<Map<StepFrame, PreparedFrame>> {
    const batch = this.#batch;
    if (batch?.steps.some((step) => isSame(step.time, time))) await batch.done;
    const taken = new Map<StepFrame, PreparedFrame>();
    while (this.#steps[0] !== undefined && this.#steps[0].time < time && !isSame(this.#steps[0].time, time)) {
      this.#discard(this.#steps.shift());
    }
    const step = this.#steps[0];
    if (step === undefined || !isSame(step.time, time)) return taken;
    this.#steps.shift();
    for (const frame of frames) {
      const prepared = step.frames.get(frame.videoId);
      if (prepared?.source.frame.framePath !== frame.framePath) continue;
      step.frames.delete(frame.videoId);
      taken.set(frame, prepared);
    }
    this.#discard(step);
    return taken;
  }

  /** Drops everything ahead: the times to come are not those that were expected. */
  drop(): void {
    this.#generation++;
    for (const step of this.#steps) this.#discard(step);
    this.#steps = [];
  }

  /** The frames of the next step in which any change, as far as their pictures fit into `bytes`. */
  next(bytes: number): PreparedFrame[] {
    const step = this.#steps.find(({ frames }) => frames.size > 0);
    const frames: PreparedFrame[] = [];
    let left = bytes;
    for (const frame of step?.frames.values() ?? []) {
      left -= decodedBytes(frame);
      if (left < 0) break;
      frames.push(frame);
    }
    return frames;
  }

  /** Prepares more steps where few are left; goes on by itself, and never fails. */
  extend(transport: PageTransport, shown: ReadonlyMap<string, number>): void {
    const { window } = transport;
    if (window === null || this.#batch !== undefined || this.#failures >= 3) return;
    const prepared = this.#steps.reduce((sum, { frames }) => sum + frames.size, 0);
    const bytes = this.#steps.reduce((sum, step) => sum + stepBytes(step), 0);
    if (this.#steps.length > MOST_STEPS / 2 || prepared > window.frames / 2 || bytes > window.bytes / 2)
      return;

    const first = this.#steps.length;
    if (first === 0) this.#plan.startFrom(shown);
    const steps: PlannedStep[] = [];
    for (let frames = prepared; frames < window.frames && first + steps.length < MOST_STEPS; ) {
      const time = this.#parts.stride.ahead(first + steps.length + 1);
      if (time === undefined) return;
      const step = this.#plan.plan(time);
      steps.push(step);
      frames += step.frames.length;
    }
    const generation = this.#generation;
    const done = this.#prepare(transport, steps, window.bytes - bytes, generation)
      .catch((error: unknown) => {
        // The page is gone, or a frame is; the step itself will say so. What was planned must be planned anew.
        this.#failures++;
        if (error instanceof LateError) this.#parts.late(error);
        if (generation === this.#generation) this.drop();
      })
      .finally(() => {
        this.#batch = undefined;
      });
    this.#batch = { steps, done };
  }

  async #prepare(
    transport: PageTransport,
    planned: readonly PlannedStep[],
    mostBytes: number,
    generation: number,
  ): Promise<void> {
    const infos = await this.#parts.inspect(planned.flatMap(({ frames }) => frames));
    const wanted: StepFrame[] = [];
    let bytes = 0;
    let fitting = planned;
    for (const [n, { frames }] of planned.entries()) {
      const size = frames.reduce((sum, frame) => sum + (infos.get(frame)?.size ?? 0), 0);
      if (size < this.#parts.leastStepBytes) continue;
      if (bytes + size > mostBytes) {
        fitting = planned.slice(0, n); // the next round goes on from here
        break;
      }
      bytes += size;
      wanted.push(...frames);
    }
    const made = await within(LONGEST_ROUND_MS, transport.sources(wanted), this.#parts.discardLate);
    const sources = new Map(made.map((source) => [source.frame, source]));
    const steps = fitting.map(({ time, frames }): PreparedStep => {
      const prepared = frames.flatMap((frame): Array<[string, PreparedFrame]> => {
        const source = sources.get(frame);
        const info = infos.get(frame);
        return source && info ? [[frame.videoId, { source, info, decoding: false }]] : [];
      });
      return { time, frames: new Map(prepared) };
    });
    this.#failures = 0;
    if (generation !== this.#generation) {
      for (const step of steps) this.#discard(step);
      return;
    }
    this.#steps.push(...steps);
    const last = fitting.at(-1);
    if (fitting !== planned && last !== undefined) this.#plan.startFrom(last.indexByVideo);
  }

  #discard(step: PreparedStep | undefined): void {
    for (const frame of step?.frames.values() ?? []) this.#parts.discard(frame);
  }
}

function stepBytes(step: PreparedStep): number {
  let bytes = 0;
  for (const { info } of step.frames.values()) bytes += info.size;
  return bytes;
}
