import { FrameError, messageOf, warnOnce } from "./errors.js";
import type { StepFrame } from "./frame.js";
import type { FramePool, Picture } from "./frame-pool.js";
import type { LookAhead } from "./look-ahead.js";
import { type FrameCache, type FrameInfo, inspectFrames } from "./native/binding.js";
import { probeImages } from "./page/functions.js";
import { type CapturePage, isGone } from "./page/page.js";
import type { HookTally } from "./telemetry/hook-tally.js";
import {
  chooseTransport,
  reportChoice,
  type TransportPolicy,
  warnOfLostFrames,
} from "./transports/choose.js";
import { dataUris } from "./transports/inline.js";
import { LateError, type PageTransport, within } from "./transports/transport.js";

/** A page on which frames of this many steps did not appear takes them inline from then on. */
const MOST_FAILURES = 3;

/** Longest that a page may take to give URLs, in milliseconds: a step that needs them waits no longer. */
const LONGEST_MAKE_MS = 10_000;

/**
 * `new`: no frame came yet, no transport is chosen. `blobs`: frames are made ahead. `inline`: each step's frames are data URIs.
 * `closed`: upstream reads the frames itself, and none of ours is in the page.
 */
type Stage = "new" | "blobs" | "inline" | "closed";

export interface PictureMakerParts {
  readonly page: CapturePage;
  readonly pool: FramePool;
  readonly ahead: LookAhead;
  readonly cache: FrameCache;
  readonly policy: TransportPolicy;
  readonly tally: HookTally;
}

/** Makes the pictures of one page, of the present step and ahead of it, by the transport that the page is found to take. */
export class PictureMaker {
  readonly #parts: PictureMakerParts;
  #stage: Stage = "new";
  #transport: PageTransport | undefined;
  /** A round of the look-ahead that is under way. */
  #round: { readonly paths: ReadonlySet<string>; readonly done: Promise<void> } | undefined;
  #failures = 0;
  /** Reports that wait until the step went well: those of a page which is just being closed mean nothing. */
  readonly #reports: Array<() => void> = [];

  constructor(parts: PictureMakerParts) {
    this.#parts = parts;
  }

  is(stage: Stage): boolean {
    return this.#stage === stage;
  }

  get transportName(): PageTransport["name"] {
    return this.#transport?.name ?? "file";
  }

  close(): void {
    this.#stage = "closed";
    this.#transport?.close();
  }

  report(): void {
    for (const report of this.#reports.splice(0)) report();
  }

  /** Waits for the round that makes one of the frames; whether there was one. */
  async waitForRound(frames: readonly StepFrame[]): Promise<boolean> {
    const round = this.#round;
    if (round === undefined || !frames.some(({ framePath }) => round.paths.has(framePath))) return false;
    await round.done;
    return true;
  }

  /** Makes pictures for frames of this step, as far as the page takes them; with the first ones it finds out how. */
  async make(frames: readonly StepFrame[], infos: ReadonlyMap<string, FrameInfo>): Promise<void> {
    if (this.is("new")) return this.#choose(frames, infos);
    let reason: string | undefined;
    try {
      reason = await this.#makeAll(infos);
    } catch (error) {
      // Nothing was lost where the page is gone: its own error comes when it is given the frames.
      if (isGone(this.#parts.page)) return;
      if (error instanceof LateError) return this.#giveUp(error);
      reason = messageOf(error);
    }
    if (reason === undefined) return;
    this.#reports.push(() => this.#reportLost(`${this.transportName}: ${reason}`));
    this.#fail();
  }

  /** Has the page load pictures before its step, or decode them: see {@link probeImages}. Where that fails only their order is lost; where it hangs, the transport. */
  async load(pictures: readonly Picture[], decodes: boolean): Promise<void> {
    if (!this.is("blobs")) return;
    const urls = pictures.map(({ url }) => url);
    const loading = this.#parts.page.evaluate(probeImages, urls, decodes);
    try {
      await within(LONGEST_MAKE_MS, loading, () => undefined);
    } catch (error) {
      if (error instanceof LateError) this.#giveUp(error);
    }
  }

  /** Takes that a picture did not appear although its frame is not broken. */
  noteLost(): void {
    this.#reportLost(`a frame did not appear (${this.transportName})`);
    this.#fail();
  }

  /**
   * Makes pictures for the steps to come where few are left; goes on by itself, and never fails.
   *
   * @param due the paths of the present step; @param frameBytes bytes of a frame, as far as they are known.
   * @param done called when some were made.
   */
  makeAhead(due: ReadonlySet<string>, frameBytes: number, done: () => void): void {
    const { pool, ahead } = this.#parts;
    const { window } = this.#transport ?? {};
    if (!this.is("blobs") || window === undefined || this.#round !== undefined) return;
    const made = pool.paths().filter((path) => !due.has(path));
    // What would not fit is not even looked at.
    const capacity = Math.min(window.frames, Math.floor(window.bytes / Math.max(1, frameBytes)));
    const paths = ahead.startRound(capacity, made.length, (path) => pool.get(path) !== undefined);
    if (paths.length === 0) return;
    const pictures = new Set(made.flatMap((path) => pool.get(path) ?? []));
    const bytes = Array.from(pictures).reduce((sum, { info }) => sum + info.size, 0);
    const round = async () => {
      try {
        await this.#makeRound(paths, window.bytes - bytes);
        ahead.endRound(true);
        done();
      } catch (error) {
        this.#noteRoundFailure(error);
      } finally {
        this.#round = undefined;
      }
    };
    this.#round = { paths: new Set(paths), done: round() };
  }

  async #choose(frames: readonly StepFrame[], infos: ReadonlyMap<string, FrameInfo>): Promise<void> {
    const { page, pool, cache, policy } = this.#parts;
    const distinct = await pool.distinct(infos);
    const choice = await chooseTransport(page, policy.transports, {
      frames: frames.filter(({ framePath }) => distinct.paths.includes(framePath)),
      infos,
      dataUris: (undecoded) => dataUris(cache, undecoded),
      discard: (made) => pool.discard(made),
    });
    const { open } = choice;
    if (!this.is("new")) {
      pool.discard(open?.made ?? []); // the page is gone, or another hook's
      open?.transport.close();
      return;
    }
    this.#reports.push(() => reportChoice(choice));
    this.#stage = open === undefined ? "inline" : "blobs";
    this.#transport = open?.transport;
    pool.add(distinct, open?.made ?? [], infos);
  }

  /** Makes pictures of frames; one that came short of its file is left out, and the reason for the first returned. */
  async #makeAll(infos: ReadonlyMap<string, FrameInfo>): Promise<string | undefined> {
    const { pool } = this.#parts;
    const distinct = await pool.distinct(infos);
    const making = distinct.paths.length === 0 ? undefined : this.#transport?.make(distinct.paths);
    const made = await within(LONGEST_MAKE_MS, making ?? Promise.resolve([]), (late) => pool.discard(late));
    if (this.is("blobs")) return pool.add(distinct, made, infos);
    pool.discard(made); // it was given up meanwhile
    return undefined;
  }

  async #makeRound(paths: readonly string[], mostBytes: number): Promise<void> {
    const frames = paths.map((framePath) => ({ framePath }));
    const infos = new Map<string, FrameInfo>();
    let bytes = 0;
    for (const [path, info] of await inspectFrames(this.#parts.cache, frames)) {
      bytes += info.size;
      if (bytes > mostBytes) break;
      infos.set(path, info);
    }
    const short = await this.#makeAll(infos);
    if (short !== undefined) throw new Error(short);
  }

  #noteRoundFailure(error: unknown): void {
    const { page, ahead, tally } = this.#parts;
    if (isGone(page)) return;
    if (error instanceof LateError) this.#giveUp(error);
    else if (error instanceof FrameError && error.path !== undefined) ahead.leaveOut(error.path);
    else {
      ahead.endRound(false);
      const reason = messageOf(error);
      this.#reports.push(() => {
        tally.fellBack(`look-ahead: ${reason}`);
        const message = `Frames could not be made ahead, and are made in their step, which takes longer: ${reason}.`;
        warnOnce("look-ahead:failed", message, "TRANSPORT_UNUSABLE");
      });
    }
  }

  #reportLost(reason: string): void {
    this.#parts.tally.fellBack(reason);
    warnOfLostFrames(reason);
  }

  #fail(): void {
    this.#failures++;
    if (this.#failures >= MOST_FAILURES) this.#stayInline();
  }

  /** A page that did not answer in time takes its frames inline: to ask it again would cost each step as long again. */
  #giveUp(error: LateError): void {
    // It may be given up twice, by a step and by a round ahead.
    if (!this.is("blobs") || isGone(this.#parts.page)) return;
    this.#reports.push(() => this.#reportLost(`${this.transportName}: ${error.message}`));
    this.#stayInline();
  }

  #stayInline(): void {
    if (!this.is("blobs")) return;
    this.#stage = "inline";
    this.#transport?.close();
  }
}
