import { utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FrameLookup, FramePayload } from "./frame-lookup.js";

/** Source: `CACHE_TOUCH_THROTTLE_MS` of producer 0.8.64 and CLI 0.8.170. */
const RENEWAL_INTERVAL_MS = 5 * 60 * 1000;

/** Marks a published entry of upstream's extraction cache. Source: `COMPLETE_SENTINEL` of producer 0.8.64. */
const COMPLETE_MARK = ".hf-complete";

/**
 * Renews the extraction cache's lease on the frame directories: upstream's clean-up deletes entries by age, so a
 * render that outlasts it has to touch what it still reads.
 */
export class CacheLease {
  readonly #renewedAt = new Map<string, number>();

  /** Touches the directories in use, each at most every five minutes, as far as they can be touched. */
  renew(lookup: FrameLookup, active: ReadonlyMap<string, FramePayload>, now: number): void {
    for (const directory of frameDirectories(lookup, active)) {
      const last = this.#renewedAt.get(directory);
      if (last !== undefined && now - last < RENEWAL_INTERVAL_MS) continue;
      this.#renewedAt.set(directory, now);
      const date = new Date(now);
      for (const path of [directory, join(directory, COMPLETE_MARK)]) {
        try {
          utimesSync(path, date, date);
        } catch {
          // Not a cache entry, or not ours: there is no lease to renew.
        }
      }
    }
  }
}

function frameDirectories(lookup: FrameLookup, active: ReadonlyMap<string, FramePayload>): Set<string> {
  if (typeof lookup.frameDirs === "function") return new Set(lookup.frameDirs());
  const directories = new Set<string>();
  for (const { framePath } of active.values()) directories.add(dirname(framePath));
  return directories;
}
