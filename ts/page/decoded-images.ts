import type { CapturePage } from "./page.js";

/**
 * Whether what Chrome has decoded outlives a capture of this page. `Page.captureScreenshot` with a `clip` changes the
 * emulation, which drops all decoded images; BeginFrame capture and screenshots without a clip keep them
 * (measured with Chromium 156, docs/transports.md).
 */
const keptByPage = new WeakMap<object, boolean>();

/** Pages that were given frames. */
const showing = new WeakSet<object>();

/** Records that a page was given a frame. */
export function noteFrames(page: object): void {
  showing.add(page);
}

/** Whether a page was given any frame, and so has something decoded to keep. */
export function showsFrames(page: object): boolean {
  return showing.has(page);
}

/** Records that a page is captured by screenshots that ask for their clip, and whether what it has decoded outlives them. */
export function noteCapture(page: object, keepsDecoded: boolean): void {
  asking.add(page);
  keptByPage.set(page, keepsDecoded);
}

/** Pages whose screenshots ask for their clip. */
const asking = new WeakSet<object>();

/** The videos of a page whose frames Chrome may decode at a smaller scale. */
const scalableByPage = new WeakMap<object, () => string[]>();

/** Records where to ask which videos show frames that Chrome may decode at a smaller scale. */
export function noteScalable(page: object, ids: () => string[]): void {
  scalableByPage.set(page, ids);
}

/** The videos that show such a frame now. */
export function scalableIds(page: object): string[] {
  return scalableByPage.get(page)?.() ?? [];
}

/**
 * Whether a step has to make such frames ready for its capture: not in BeginFrame capture, where upstream's step has decoded them whole
 * before anything is drawn, and not where the screenshot itself does it when it asks for its clip.
 */
export function isCapturedUnasked(page: CapturePage): boolean {
  return !asking.has(page) && !isBeginFrameBrowser(page);
}

/** The part of puppeteer's `Browser` that tells how it was launched. */
interface LaunchedBrowser {
  process?(): { readonly spawnargs?: readonly string[] } | null;
}

/** Chrome's switch for BeginFrame control; a browser launched with it is captured by BeginFrame until it is not. */
const BEGIN_FRAME_SWITCH = "--enable-begin-frame-control";

/** What is known of how the page is captured; `false` where nothing is known. */
export function keepsDecoded(page: CapturePage): boolean {
  let kept = keptByPage.get(page);
  if (kept === undefined) {
    kept = isBeginFrameBrowser(page);
    keptByPage.set(page, kept);
  }
  return kept;
}

function isBeginFrameBrowser(page: CapturePage): boolean {
  try {
    const { browser } = page as { browser?(): LaunchedBrowser };
    return browser?.call(page).process?.()?.spawnargs?.includes(BEGIN_FRAME_SWITCH) === true;
  } catch {
    return false; // a page of another kind; look-ahead is only an advantage
  }
}
