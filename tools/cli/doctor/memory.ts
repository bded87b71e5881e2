import {
  cacheLimits,
  decodedLimit,
  defaultMib,
  type Memory,
  processMemory,
} from "../../../ts/native/limits.js";
import type { Finding } from "./finding.js";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Below it Chrome halves what it decodes ahead (docs/transports.md), and upstream keeps to its smallest caches. */
const SMALL_BYTES = 4 * GIB;

/** What there is of memory, and what becomes of the two budgets with it. */
export function checkMemory(memory: Memory = processMemory()): Finding {
  const { total, allowed, free } = memory;
  // Without a limit Node gives 0, or more than any machine has.
  const isLimited = allowed > 0 && allowed < total;
  const limit = isLimited ? allowed : total;
  const cacheBytes = cacheLimits(undefined, defaultMib(memory)).bytesLimit;
  const decodedBytes = decodedLimit(total);
  const found =
    `${size(total)} in the machine, ${isLimited ? `${size(allowed)} of it allowed (cgroup)` : "no cgroup limit below it"}, ` +
    `${size(free)} free: up to ${size(cacheBytes)} for inline frames where the render's options give no bound, ` +
    `and ${size(decodedBytes)} for decoded pictures in Chrome.`;
  const details = { total, allowed: isLimited ? allowed : null, free, cacheBytes, decodedBytes };
  const check = "memory";
  if (limit < SMALL_BYTES) {
    return {
      code: "MEMORY_SMALL",
      check,
      status: "warning",
      found,
      advice: `Give the ${isLimited ? "container" : "machine"} 4 GiB or more, or render with one worker.`,
      details,
    };
  }
  const brief = `${size(limit)}${isLimited ? " (cgroup)" : ""}, ${size(free)} free`;
  return { code: "MEMORY_ENOUGH", check, status: "ok", brief, found, advice: "Nothing to do.", details };
}

function size(bytes: number): string {
  return bytes >= 10 * GIB
    ? `${Math.round(bytes / GIB)} GiB`
    : bytes >= GIB
      ? `${(bytes / GIB).toFixed(1)} GiB`
      : `${Math.round(bytes / MIB)} MiB`;
}
