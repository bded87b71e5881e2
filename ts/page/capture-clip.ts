import { prepareScreenshot } from "./functions.js";
import { OwnImages } from "./own-images.js";
import type { CapturePage } from "./page.js";
import { rastersOnGpu } from "./raster.js";

/** A clip of `Page.captureScreenshot`, in CSS pixels. */
export interface Clip {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/** The options of upstream's screenshot function, as far as they matter here. */
export interface ScreenshotOptions {
  readonly captureBeyondViewport?: boolean | undefined;
}

/** The part of puppeteer's `Page` that tells the viewport, and of its `Browser` that tells how it was launched. */
interface ViewportPage extends CapturePage {
  viewport?(): {
    readonly width: number;
    readonly height: number;
    readonly deviceScaleFactor?: number;
  } | null;
  browser?(): { process?(): { readonly spawnargs?: readonly string[] } | null };
}

/** Chrome's switch for BeginFrame control; a browser launched with it is captured by BeginFrame until it is not. */
const BEGIN_FRAME_SWITCH = "--enable-begin-frame-control";

/**
 * How captures of one page treat the images that Chrome has decoded. `Page.captureScreenshot` with a `clip` changes the
 * emulation, which drops all of them; BeginFrame capture and screenshots without a clip keep them (measured with Chromium 156,
 * docs/transports.md).
 */
export class Captures {
  readonly #page: ViewportPage;
  readonly #ownImages: OwnImages;
  /** Whether screenshots ask for their clip. */
  #isAsked = false;
  #keepsDecoded: boolean | undefined;
  /** Whether the page was given blobs, and so has something decoded to keep. */
  showsFrames = false;
  /** Why decoded images do not outlive a capture, where they do not. */
  reason = "screenshots kept their clip";

  constructor(page: CapturePage) {
    this.#page = page;
    this.#ownImages = new OwnImages(page);
  }

  /** Looks at the page before its first frame; afterwards what is its own could not be told. */
  async lookBeforeFrames(): Promise<void> {
    if (!this.isBeginFrame) await this.#ownImages.hasScalable();
  }

  /** Whether decoded images outlive a capture, as far as that is known. */
  get keepsDecoded(): boolean {
    this.#keepsDecoded ??= this.isBeginFrame;
    return this.#keepsDecoded;
  }

  /**
   * The clip to capture with: none where it is the whole viewport at scale 1 of a page that shows its document from the
   * origin on, and has no image whose picture depends on what is decoded: of its own, or a frame that is no blob of ours. The picture is the
   * same then. A page that was given no blobs has none to keep, and is not asked. Has the page make its frames ready.
   *
   * @param shown the videos that show a frame of which stock shows the scaled decode; and whether one may show such a frame that is no blob.
   */
  async clip(
    options: ScreenshotOptions,
    clip: Clip,
    shown: { readonly scalableIds: readonly string[]; readonly hasOthers: boolean },
  ): Promise<Clip | undefined> {
    if (!this.showsFrames) return clip;
    const { scalableIds, hasOthers } = shown;
    this.#isAsked = true;
    const isWhole = this.#isWholeViewport(options, clip);
    const isAtOrigin =
      (isWhole || scalableIds.length > 0) && (await this.#prepare(await this.#drawnScaled(scalableIds)));
    const mayGo = isWhole && isAtOrigin && !hasOthers;
    this.#keepsDecoded = mayGo && !(await this.#ownImages.hasScalable());
    let reason = "it has images of its own that Chrome may decode at a smaller scale";
    if (hasOthers) reason = "a frame that Chrome may decode at a smaller scale went inline";
    if (!isWhole) reason = "they are not of the whole viewport at scale 1";
    else if (!isAtOrigin) reason = "the page is scrolled, or drawn at another scale than 1";
    this.reason = `screenshots kept their clip: ${reason}`;
    return this.#keepsDecoded ? undefined : clip;
  }

  /**
   * Makes frames that Chrome may decode at a smaller scale ready for the capture, at the end of a step: where no screenshot has asked for
   * its clip, which does it otherwise. In BeginFrame capture there is nothing to do.
   */
  async prepareUnasked(scalableIds: readonly string[]): Promise<void> {
    if (this.#isAsked || scalableIds.length === 0 || this.isBeginFrame) return;
    const ids = await this.#drawnScaled(scalableIds);
    if (ids.length > 0) await this.#page.evaluate(prepareScreenshot, ids);
  }

  /**
   * Those of which stock's screenshot shows the scaled decode: none where Chrome rasters on the GPU. There the whole decode that upstream's step has asked
   * for serves every scale, and upstream's clip does not drop it (measured with Chromium 156, docs/transports.md).
   */
  async #drawnScaled(scalableIds: readonly string[]): Promise<readonly string[]> {
    return scalableIds.length > 0 && (await rastersOnGpu(this.#page)) ? [] : scalableIds;
  }

  /** Whether the page stands at its document's origin: a clip counts from there, a screenshot without one shows the viewport. */
  async #prepare(scalableIds: readonly string[]): Promise<boolean> {
    try {
      return (await this.#page.evaluate(prepareScreenshot, scalableIds)) === true;
    } catch {
      return false; // the capture itself will say what is wrong with the page
    }
  }

  #isWholeViewport(options: ScreenshotOptions, clip: Clip): boolean {
    const viewport = this.#page.viewport?.();
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

  /** Whether it is captured by BeginFrame: then upstream's step has decoded all its frames whole before anything is drawn. */
  get isBeginFrame(): boolean {
    try {
      return this.#page.browser?.().process?.()?.spawnargs?.includes(BEGIN_FRAME_SWITCH) === true;
    } catch {
      return false; // a page of another kind; look-ahead is only an advantage
    }
  }
}
