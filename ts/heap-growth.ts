import v8 from "node:v8";
import { type CapturePage, onceGone } from "./page/page.js";

/**
 * Bytes by which V8's heap may grow between two collections of all of it while frames are captured, at the size that it has when a page is
 * opened: about what stock keeps of data URIs in it.
 */
const GROWTH_BYTES = 128 * 1024 ** 2;

/** V8's own flag; `0`: V8 decides. Source: `MemoryController::GrowingFactor` in V8's `src/heap/heap-controller.cc`. */
const FLAG = "--heap-growing-percent";

const IS_FLAG = /^--heap[-_]growing[-_]percent/;

/** Of the runtimes in which it was tried: Node 22 to 26. An unknown flag would be told of on the terminal. */
const KNOWN_V8 = /^1[2-4]\./;

let pages = 0;
/** The percentage that is set. */
let current = 0;

/**
 * Lets the heap grow until the page is gone. V8 collects all of a heap when it has grown by a part of itself, and buffers outside of it
 * count: a render makes megabytes of them a frame, of what comes from Chrome and goes to the encoder. Stock's heap is large, full of data
 * URIs. Ours is small, and was collected each third frame: docs/measurements/whole-renders.md.
 */
export function growHeapUntilGone(page: CapturePage): void {
  if (!isKnownRuntime() || process.execArgv.some((argument) => IS_FLAG.test(argument))) return;
  pages++;
  const percent = Math.round((100 * GROWTH_BYTES) / v8.getHeapStatistics().used_heap_size);
  // A large heap is collected seldom by itself.
  setPercent(percent > 100 ? percent : 0);
  onceGone(page, () => {
    if (--pages === 0) setPercent(0);
  });
}

function setPercent(percent: number): void {
  if (percent === current) return;
  current = percent;
  v8.setFlagsFromString(`${FLAG}=${percent}`);
}

/** Bun has V8's version, and another engine. */
function isKnownRuntime(): boolean {
  const { bun, v8 } = process.versions;
  return bun === undefined && v8 !== undefined && KNOWN_V8.test(v8);
}
