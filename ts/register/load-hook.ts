import type { LoadFnOutput, LoadHookContext } from "node:module";
import type { SwapRecord } from "../stats/process-report.js";
import { hostPackageOf } from "./host-package.js";
import { noteFramePackage, noteKnownPackage } from "./left-alone.js";
import { swapSource, warnOfUntouched } from "./swap-source.js";

/** What a load hook does besides swapping `createVideoFrameInjector`, and whom it tells. */
export interface LoadHookOptions {
  /** Whether the clip of screenshots is decided by this package. */
  readonly swapsClip: boolean;
  /** Told of each file that holds the function. */
  onRecord(record: SwapRecord): void;
}

/** A synchronous load hook for `module.registerHooks` that swaps upstream's functions by content. */
export function createLoadHook(options: LoadHookOptions) {
  return function load(
    url: string,
    context: LoadHookContext,
    nextLoad: (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput,
  ): LoadFnOutput {
    const loaded = nextLoad(url, context);
    if (loaded.format !== "module" || loaded.source == null) return loaded;
    const source = swapWhileLoading(url, loaded.source, options);
    return source === undefined ? loaded : { ...loaded, source };
  };
}

/** The bytes that a module is to be loaded with instead of `source`; `undefined` where it stays as it is. */
export function swapWhileLoading(
  url: string,
  source: string | ArrayBuffer | NodeJS.TypedArray,
  { swapsClip, onRecord }: LoadHookOptions,
): Buffer | undefined {
  const host = hostPackageOf(url);
  if (host === null) return undefined;
  const swapped = swapSource({ host, url, source }, swapsClip);
  if (swapped.record !== undefined) {
    noteKnownPackage(host);
    onRecord(swapped.record);
    warnOfUntouched(swapped.record);
  } else if (swapped.putsFrames) noteFramePackage(host);
  return swapped.source;
}
