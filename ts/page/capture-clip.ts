import { noteCapture } from "./decoded-images.js";

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
interface ViewportPage {
  viewport?(): {
    readonly width: number;
    readonly height: number;
    readonly deviceScaleFactor?: number;
  } | null;
}

/**
 * The clip to capture with: none where it is the whole viewport at scale 1. The picture is the same; but to apply a clip
 * Chrome changes the emulated device, which drops every decoded image (measured with Chromium 156,
 * docs/transports.md). Records what the page's captures do to decoded images.
 */
export function captureClip(page: object, options: ScreenshotOptions, clip: Clip): Clip | undefined {
  const isWhole = isWholeViewport(page, options, clip);
  noteCapture(page, isWhole);
  return isWhole ? undefined : clip;
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
