import { HyperframesNativeError } from "./errors.js";
import type { CapturePage } from "./page/page.js";

/**
 * Upstream's `BeforeCaptureHook`: called after the seek and before the capture of every frame. `rest` is whatever else a version of
 * upstream hands over (from CLI 0.8.150 on: the time whose frames are held); it is passed on as it comes.
 */
export type BeforeCaptureHook = (page: CapturePage, time: number, ...rest: unknown[]) => Promise<void>;

/** The part of upstream's options that is used here. */
export interface UpstreamOptions {
  /** Asked first, synchronously, on every read of a frame since engine 0.4.42; an answer that is neither null nor empty becomes the `src` of the image as it is. */
  readonly frameSrcResolver?: ((framePath: string) => string | null) | undefined;
}

/** Upstream's `createVideoFrameInjector`. */
// biome-ignore lint/suspicious/noExplicitAny: upstream's own types of its table, its options and its hook
export type UpstreamInjector = (lookup: any, options?: any, ...rest: any[]) => any;

/** A module that has upstream's function: `@hyperframes/engine` itself. */
export interface UpstreamModule {
  readonly createVideoFrameInjector: UpstreamInjector;
}

const ENGINE = "@hyperframes/engine";

/**
 * `createVideoFrameInjector` of the installed `@hyperframes/engine`.
 * @throws {HyperframesNativeError} `PAGE_FUNCTIONS_MISSING` when the engine is not installed or does not export it.
 */
export async function engineInjector(): Promise<UpstreamInjector> {
  let cause: unknown;
  try {
    // Not a literal, so that neither TypeScript nor a bundler insists on the optional peer dependency.
    const specifier: string = ENGINE;
    const module: unknown = await import(specifier);
    if (isUpstreamModule(module)) return module.createVideoFrameInjector;
  } catch (error) {
    cause = error;
  }
  throw new HyperframesNativeError(
    "PAGE_FUNCTIONS_MISSING",
    `${ENGINE} ${cause === undefined ? "does not export createVideoFrameInjector" : "could not be loaded"}. ` +
      `Install ${ENGINE} >= 0.6.121, or hand its createVideoFrameInjector in as config.upstream.`,
    { cause, advice: `Install ${ENGINE} or set config.upstream.` },
  );
}

export function isUpstreamModule(value: unknown): value is UpstreamModule {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Partial<UpstreamModule>).createVideoFrameInjector === "function"
  );
}

/** Marks the options that this package gives upstream's function, so that a swapped one does not wrap itself again. */
const WRAPPED = Symbol.for("hyperframes-native.wrapped");

/** The user's options with our resolver in the place of theirs. */
export function wrappedOptions(
  options: object | undefined,
  frameSrcResolver: (framePath: string) => string | null,
): object {
  return { ...options, frameSrcResolver, [WRAPPED]: true };
}

/** Whether a hook of this package gave these options: upstream's own function is to answer. */
export function isWrapped(options: unknown): boolean {
  return typeof options === "object" && options !== null && WRAPPED in options;
}

/** Key on `globalThis` under which swapped code finds {@link import("./register/swaps.js").InjectorSwap}. */
export const SWAP_KEY = "hyperframes-native.createVideoFrameInjector";

/** Key on `globalThis` under which swapped code finds {@link import("./page-session.js").captureClip}. */
export const CLIP_KEY = "hyperframes-native.captureClip";
