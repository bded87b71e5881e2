/**
 * Functions that run in the page: puppeteer sends their source text, so they may use nothing but their arguments and
 * the page's globals. Upstream makes `Date`, `performance.now`, timers and `requestAnimationFrame` virtual and seeds
 * `Math.random` and `crypto.getRandomValues`: none of them may be used here.
 */

/** What upstream's runtime puts on the page's `window`, as far as it is used here. */
interface HyperframesWindow {
  /** Renders the GPU adapters again, at the same time, so that they upload the new video textures. */
  __hfReseekGpu?: (time: number) => void;
}

/** Asks the GPU adapters, where there are any, to draw again at `time` seconds. */
export function reseekGpu(time: number): void {
  (window as unknown as HyperframesWindow).__hfReseekGpu?.(time);
}
