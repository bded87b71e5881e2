import { debuglog } from "node:util";
import type { HookTally } from "../telemetry/hook-tally.js";
import type { CapturePage } from "./page.js";
import { type MediaCounts, mediaCounts, quietAudio } from "./quiet-media-page.js";

/** The counts of a page are read at so many calls of a hook, since reading them is a message of its own. */
const CALLS_PER_READING = 8;

/** What is known of a page. */
interface QuietPage {
  calls: number;
  /** As they were last read. */
  counts: MediaCounts;
}

const NONE: MediaCounts = { quieted: 0, seeksSaved: 0 };

const pages = new WeakMap<CapturePage, QuietPage>();

const debug = debuglog("hyperframes-native");

/**
 * Has the `<audio>` elements of a page keep, while they are paused, what they are told to seek to: nobody hears them in a render, and
 * Chrome would decode the video track of a file that has one (docs/quiet-media.md). To be called at every call of a hook, before the page
 * is given anything else. Nothing is waited for: the page does what it is told in the order in which it is told. That it cannot be done
 * is no error, since it is only an advantage.
 *
 * @param tally is told what the page was spared, some calls later.
 */
export function quietMedia(page: CapturePage, tally: HookTally): void {
  const known = pages.get(page);
  if (known === undefined) {
    pages.set(page, { calls: 0, counts: NONE });
    void quiet(page);
    return;
  }
  known.calls++;
  // The first ones, too: a page may live for a few frames only.
  const isDue = known.calls % CALLS_PER_READING === 0 || [1, 2, 4].includes(known.calls);
  if (isDue) void readCounts(page, known, tally);
}

async function quiet(page: CapturePage): Promise<void> {
  try {
    const left: unknown = await page.evaluate(quietAudio);
    if (Array.isArray(left)) for (const reason of left) debug("audio is left to seek: %s", reason);
  } catch (error) {
    debug("audio is left to seek: %s", error);
  }
}

async function readCounts(page: CapturePage, known: QuietPage, tally: HookTally): Promise<void> {
  try {
    const counts: unknown = await page.evaluate(mediaCounts);
    // Another document than the one that was quieted.
    if (counts === null) pages.delete(page);
    if (!areCounts(counts)) return;
    tally.quieted(counts.quieted, Math.max(0, counts.seeksSaved - known.counts.seeksSaved));
    known.counts = counts;
  } catch {
    // The page is gone; the render knows best what that means.
  }
}

/** The page can write what it likes there. */
function areCounts(value: unknown): value is MediaCounts {
  if (typeof value !== "object" || value === null) return false;
  const { quieted, seeksSaved } = value as Partial<Record<keyof MediaCounts, unknown>>;
  return [quieted, seeksSaved].every((count) => Number.isSafeInteger(count) && (count as number) >= 0);
}
