import { debuglog } from "node:util";
import type { HookTally } from "../telemetry/hook-tally.js";
import type { CapturePage } from "./page.js";
import { type MediaCounts, mediaCounts, quietAudio } from "./quiet-media-page.js";

/** The counts of a page are read at so many calls of a hook, since reading them is a message of its own. */
const CALLS_PER_READING = 8;

const debug = debuglog("hyperframes-native");

/**
 * Has the `<audio>` elements of a page keep, while they are paused, the place that they are told to seek to: nobody hears them in a render,
 * and Chrome would decode the video track of a file that has one (docs/quiet-media.md). Nothing is waited for: the page does things in the
 * order in which it is told. It is no error where that cannot be done, since it is only an advantage.
 */
export class QuietMedia {
  readonly #page: CapturePage;
  /** Calls since this document was quieted; `undefined` before. */
  #calls: number | undefined;
  #seeksSaved = 0;

  constructor(page: CapturePage) {
    this.#page = page;
  }

  /** To be called in every step, before the page is given anything else. The tally is told later what the page was spared. */
  step(tally: HookTally): void {
    if (this.#calls === undefined) {
      this.#calls = 0;
      this.#seeksSaved = 0;
      void this.#quiet();
      return;
    }
    this.#calls++;
    // The first ones, too: a page may live for a few frames only.
    if (this.#calls % CALLS_PER_READING === 0 || [1, 2, 4].includes(this.#calls)) void this.#read(tally);
  }

  async #quiet(): Promise<void> {
    try {
      const reasons: unknown = await this.#page.evaluate(quietAudio);
      if (Array.isArray(reasons)) for (const reason of reasons) debug("audio is left to seek: %s", reason);
    } catch (error) {
      debug("audio is left to seek: %s", error);
    }
  }

  async #read(tally: HookTally): Promise<void> {
    try {
      const counts: unknown = await this.#page.evaluate(mediaCounts);
      if (counts === null) this.#calls = undefined; // another document than the one that was quieted
      if (!areCounts(counts)) return;
      tally.quieted(counts.quieted, Math.max(0, counts.seeksSaved - this.#seeksSaved));
      this.#seeksSaved = counts.seeksSaved;
    } catch {
      // The page is gone; the render knows best what that means.
    }
  }
}

/** The page can write what it likes there. */
function areCounts(value: unknown): value is MediaCounts {
  if (typeof value !== "object" || value === null) return false;
  const { quieted, seeksSaved } = value as Partial<Record<keyof MediaCounts, unknown>>;
  return [quieted, seeksSaved].every((count) => Number.isSafeInteger(count) && (count as number) >= 0);
}
