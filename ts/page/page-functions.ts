import { HyperframesNativeError } from "../errors.js";
import { redrawColorGrading } from "./functions.js";
import type { CapturePage } from "./page.js";

/** One frame for the page, in the shape upstream's `injectVideoFramesBatch` takes. */
export interface FrameUpdate {
  readonly videoId: string;
  /** What the `<img>`'s `src` becomes; a data URI or any URL (upstream keeps the field's name for both). */
  readonly dataUri: string;
}

/**
 * Upstream's own page functions. They are called, never copied, since they change with each version.
 * Source: `services/screenshotService` of `@hyperframes/engine`.
 */
export interface PageFunctions {
  /** Puts the frames into their `<img>`s and resolves when all are decoded, with the ids really injected. */
  injectVideoFramesBatch(page: never, updates: FrameUpdate[]): Promise<string[]>;
  /** Shows the frames of the active videos and hides all others. */
  syncVideoFrameVisibility(page: never, activeVideoIds: string[]): Promise<void>;
  /** Has colour grading drawn again; versions from 0.6.121 to 0.7.48 end every call with it, also when nothing was injected. */
  redrawRuntimeColorGrading?(page: never): Promise<void>;
}

const ENGINE = "@hyperframes/engine";

let engine: Promise<PageFunctions> | undefined;

/**
 * The page functions of the installed `@hyperframes/engine`, loaded when first needed.
 * @throws {HyperframesNativeError} `PAGE_FUNCTIONS_MISSING` when the engine is not installed or does not export them.
 */
export function enginePageFunctions(): Promise<PageFunctions> {
  engine ??= loadEngine().catch((error: unknown) => {
    engine = undefined; // a later hook may find it installed
    throw error;
  });
  return engine;
}

async function loadEngine(): Promise<PageFunctions> {
  let cause: unknown;
  try {
    // Not a literal, so that neither TypeScript nor a bundler insists on the optional peer dependency.
    const specifier: string = ENGINE;
    const module: unknown = await import(specifier);
    if (isPageFunctions(module)) return withRedraw(module);
  } catch (error) {
    cause = error;
  }
  throw new HyperframesNativeError(
    "PAGE_FUNCTIONS_MISSING",
    `${ENGINE} ${cause === undefined ? "does not export the page functions" : "could not be loaded"}. ` +
      `Install ${ENGINE} >= 0.6.121, or hand injectVideoFramesBatch and syncVideoFrameVisibility in as config.pageFunctions.`,
    { cause, advice: `Install ${ENGINE} or set config.pageFunctions.` },
  );
}

/** Whether `value` carries both page functions. */
export function isPageFunctions(value: unknown): value is PageFunctions {
  if (typeof value !== "object" || value === null) return false;
  const candidate = value as Partial<Record<keyof PageFunctions, unknown>>;
  return (
    typeof candidate.injectVideoFramesBatch === "function" &&
    typeof candidate.syncVideoFrameVisibility === "function"
  );
}

/** Called by upstream's own function; handed over, without a call, where the register hook has put another in its place. */
const NAMES_REDRAW = /\bredrawRuntimeColorGrading\b/;

/**
 * The functions of an engine, with the redraw of colour grading where that engine's own hook ends with one. It keeps that
 * function to itself, so this package's own stands for it.
 */
export function withRedraw(functions: PageFunctions): PageFunctions {
  const { injectVideoFramesBatch, syncVideoFrameVisibility, redrawRuntimeColorGrading } = functions;
  const { createVideoFrameInjector: hookMaker } = functions as { createVideoFrameInjector?: unknown };
  if (redrawRuntimeColorGrading !== undefined || typeof hookMaker !== "function") return functions;
  if (!NAMES_REDRAW.test(Function.prototype.toString.call(hookMaker))) return functions;
  return {
    injectVideoFramesBatch,
    syncVideoFrameVisibility,
    redrawRuntimeColorGrading: (page: CapturePage) => page.evaluate(redrawColorGrading) as Promise<void>,
  };
}

/**
 * Calls upstream's `injectVideoFramesBatch`; its page type is that of the host's puppeteer.
 * @throws {HyperframesNativeError} `PAGE_FUNCTIONS_MISSING` for one that does not say what it injected.
 */
export async function inject(
  functions: PageFunctions,
  page: CapturePage,
  updates: FrameUpdate[],
): Promise<string[]> {
  const injected: unknown = await functions.injectVideoFramesBatch(page as never, updates);
  if (Array.isArray(injected)) return injected;
  throw new HyperframesNativeError(
    "PAGE_FUNCTIONS_MISSING",
    `injectVideoFramesBatch does not say which frames it injected, as versions of ${ENGINE} before 0.6.70 do not. ` +
      `Install ${ENGINE} >= 0.6.121.`,
    { advice: `Install ${ENGINE} >= 0.6.121.` },
  );
}

/** Calls upstream's `redrawRuntimeColorGrading`, where the version has one. */
export async function redraw(functions: PageFunctions, page: CapturePage): Promise<void> {
  await functions.redrawRuntimeColorGrading?.(page as never);
}

/** Calls upstream's `syncVideoFrameVisibility`. */
export function syncVisibility(
  functions: PageFunctions,
  page: CapturePage,
  activeIds: string[],
): Promise<void> {
  return functions.syncVideoFrameVisibility(page as never, activeIds);
}
