/** The most memory this process had since a moment of its own choosing. */
import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Forgets the peak so far. Before it captures, the producer reads each source video whole to look for a still image (0.8.33);
 * of a long video that is more than all that comes after, and V8 may keep it for long: it is collected here. Where the system
 * cannot forget (not Linux), the peak stays that of the whole process.
 */
export function forgetPeak(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  try {
    writeFileSync("/proc/self/clear_refs", "5"); // proc(5): resets the peak resident set size
  } catch {
    // See above.
  }
}

/** The peak since {@link forgetPeak}, in bytes. */
export function peakRssBytes(): number {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (kib !== undefined) return Number(kib) * 1024;
  } catch {
    // No such file where there is no Linux.
  }
  // In KiB. Linux starts a child with its parent's peak, which is far below that of a render.
  return process.resourceUsage().maxRSS * 1024;
}
