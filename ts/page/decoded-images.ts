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

/** Records how a page is captured. */
export function noteCapture(page: object, keepsDecoded: boolean): void {
  keptByPage.set(page, keepsDecoded);
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
