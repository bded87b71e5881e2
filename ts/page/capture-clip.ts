import { noteCapture, showsFrames } from "./decoded-images.js";
import { startsAtOrigin } from "./functions.js";
import type { CapturePage } from "./page.js";

/** A clip of `Page.captureScreenshot`, in CSS pixels. */
export interface Clip {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/** What upstream's screenshot function is told, as far as it matters here. */
export interface ScreenshotOptions {
  readonly captureBeyondViewport?: boolean | undefined;
}

/** The part of puppeteer's `Page` that tells the viewport. */
interface ViewportPage extends CapturePage {
  viewport?(): {
    readonly width: number;
    readonly height: number;
    readonly deviceScaleFactor?: number;
  } | null;
}

/**
 * The clip to capture with: none where it is the whole viewport at scale 1 of a page that shows its document from the
 * origin on. The picture is the same then; but to apply a clip Chrome changes the emulated device, which drops every decoded image (measured with
 * Chromium 156, docs/transports.md). A page that was given no frames has none to keep, and is not asked. Records what the page's captures
 * do to decoded images.
 */
export async function captureClip(
  page: CapturePage,
  options: ScreenshotOptions,
  clip: Clip,
): Promise<Clip | undefined> {
  if (!showsFrames(page)) return clip;
  const isSame = isWholeViewport(page, options, clip) && (await showsFromOrigin(page));
  noteCapture(page, isSame);
  return isSame ? undefined : clip;
}

/** A clip counts from the document's origin, a screenshot without one shows the viewport wherever it stands. */
async function showsFromOrigin(page: CapturePage): Promise<boolean> {
  try {
    return (await page.evaluate(startsAtOrigin)) === true;
  } catch {
    return false; // the capture itself will say what is wrong with the page
  }
}

function isWholeViewport(page: ViewportPage, options: ScreenshotOptions, clip: Clip): boolean {
  const viewport = page.viewport?.();
  return (
    viewport != null &&
    (viewport.deviceScaleFactor ?? 1) === 1 &&
    options.captureBeyondViewport !== true &&
    clip.x === 0 &&
    clip.y === 0 &&
    clip.scale === 1 &&
    clip.width === viewport.width &&
    clip.height === viewport.height
  );
}
