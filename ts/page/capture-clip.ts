import { noteCapture, scalableIds, showsFrames } from "./decoded-images.js";
import { prepareScreenshot } from "./functions.js";
import { hasScalableImages } from "./own-images.js";
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
 * origin on, and has no image of its own whose picture depends on what is decoded. The picture is the same then; but to apply a clip
 * Chrome changes the emulated device, which drops every decoded image (measured with Chromium 156, docs/transports.md). A page that was
 * given no frames has none to keep, and is not asked. Has the page make its frames ready, and records what its captures
 * do to decoded images.
 */
export async function captureClip(
  page: CapturePage,
  options: ScreenshotOptions,
  clip: Clip,
): Promise<Clip | undefined> {
  if (!showsFrames(page)) return clip;
  const scalable = scalableIds(page);
  const isWhole = isWholeViewport(page, options, clip);
  const startsAtOrigin = (isWhole || scalable.length > 0) && (await prepare(page, scalable));
  const isSame = isWhole && startsAtOrigin && !(await hasScalableImages(page));
  noteCapture(page, isSame);
  return isSame ? undefined : clip;
}

/** Whether the page stands at its document's origin: a clip counts from there, a screenshot without one shows the viewport. */
async function prepare(page: CapturePage, scalable: readonly string[]): Promise<boolean> {
  try {
    return (await page.evaluate(prepareScreenshot, scalable)) === true;
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
