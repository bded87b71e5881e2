/**
 * Functions that run in the page: puppeteer or the DevTools protocol send their source text, so they may use nothing
 * but their arguments, `this` and the page's globals. Upstream makes `Date`, `performance.now`, timers and
 * `requestAnimationFrame` virtual and seeds `Math.random` and `crypto.getRandomValues`: none of them may be used here.
 */

/** The page's `window`, with the parts of upstream's runtime that are used here. */
interface HyperframesWindow {
  /** The media element of a render id, where ids and render ids differ; upstream's. */
  __hfMediaEl?: (id: string) => Element | null;
  /** Images that decode ahead of their step; kept, so that Chrome keeps what it decodes. */
  __hyperframesNativeAhead?: HTMLImageElement[];
  /** The frames that have blob URLs, by each of these, until they are revoked. */
  __hyperframesNativeFrames?: Map<string, PageFrame>;
}

/** A frame in the page. */
interface PageFrame {
  readonly blob: Blob;
  /** Its URLs: the one that upstream is given, and a second one made by {@link prepareScreenshot}. */
  readonly urls: string[];
  /** Whether the second one was drawn at more than half its size, and so may have a decode of the whole picture. */
  isDecodedWhole?: boolean;
}

/** A video of a step, and the source that its image should have. */
export interface StepCheck {
  readonly videoId: string;
  /** The source that upstream was given for it; absent where it is not known. */
  readonly url?: string | undefined;
}

/**
 * The videos whose image should show a frame of the step and has none: its source did not load. A video that upstream left out (it
 * stands in a hidden composition) has an image of before, or none, and is not among them.
 */
export function findLost(checks: readonly StepCheck[]): string[] {
  const page = window as unknown as HyperframesWindow;
  return checks.flatMap(({ videoId, url }) => {
    const video = page.__hfMediaEl?.(videoId) ?? document.getElementById(videoId);
    const image = video?.nextElementSibling;
    if (!(image instanceof HTMLImageElement) || image.style.visibility === "hidden") return [];
    if (url !== undefined && image.getAttribute("src") !== url) return [];
    return image.complete && image.naturalWidth > 0 ? [] : [videoId];
  });
}

/** The page's work after a step, while it is captured. */
export interface StepEnd {
  /** Blob URLs that no image shows any more. */
  readonly revoke: readonly string[];
  /** Blob URLs of the next step, to be loaded and decoded meanwhile; absent where those of before stay. */
  readonly ahead?: readonly string[] | undefined;
  /** Further ones, which are only loaded: see {@link probeImages}. */
  readonly load?: readonly string[] | undefined;
}

/** The page's answer to {@link finishStep}, once all is decoded. */
export interface StepAnswer {
  /** Those of {@link StepEnd.ahead} that do not decode. */
  readonly failed: readonly string[];
}

/** Revokes the frames before and decodes the ones after. */
export async function finishStep({ revoke, ahead, load = [] }: StepEnd): Promise<StepAnswer> {
  const page = window as unknown as HyperframesWindow;
  const frames = page.__hyperframesNativeFrames;
  for (const url of revoke) {
    for (const each of frames?.get(url)?.urls ?? [url]) {
      URL.revokeObjectURL(each);
      frames?.delete(each);
    }
  }
  if (ahead === undefined) return { failed: [] };
  const images = [...ahead, ...load].map((url) => {
    const image = new Image();
    image.decoding = "sync"; // as the real image: Chrome reuses only what was decoded the same way
    image.src = url;
    return image;
  });
  // The images that were held for this step may go, also where none come after it.
  if (images.length > 0) page.__hyperframesNativeAhead = images;
  else delete page.__hyperframesNativeAhead;
  const failed: string[] = [];
  await Promise.all(
    images.slice(0, ahead.length).map((image, n) =>
      image.decode().catch(() => {
        failed.push(ahead[n] as string);
      }),
    ),
  );
  return { failed };
}

/**
 * Makes the frames of these videos ready for a screenshot, and says whether its clip may go.
 *
 * **Frames that Chrome may decode smaller.** A JPEG of whole MCUs that is drawn at half its size or less is decoded at a smaller
 * scale, unless a decode of the whole picture is at hand, which made smaller has other pixels. Upstream's own step asks for the
 * whole one, so that in a screenshot it is a race which of the two comes first; the scaled one wins nearly always, and always where
 * the picture is large. Such an image is given a second URL of the same frame, of which there is no decode at all: then it is the
 * scaled one for certain. Source: `cc/tiles/software_image_decode_cache.cc` and `jpeg_image_decoder.cc` of Chromium; measured,
 * docs/transports.md.
 *
 * **The clip.** Returns whether the viewport shows the document from its origin on: neither scrolled nor zoomed into, nor a document
 * that scrolls to the left or upwards from where it starts. Of such a document Chrome counts a clip from elsewhere (measured with
 * Chromium 156 over 32 styles of the root: those that scroll below zero, and no others). Nor on a machine of another
 * device scale than 1: with a clip Chrome rounds the size of the picture otherwise (801x451 and 802x452 pixels of 641x361 at 1.25).
 */
export async function prepareScreenshot(scalableIds: readonly string[]): Promise<boolean> {
  const page = window as unknown as HyperframesWindow;
  const frames = page.__hyperframesNativeFrames;

  /** Whether Chrome may draw it at half its size or less. Some more than that are taken: it costs them a decode, never a pixel. */
  const isDrawnSmall = (image: HTMLImageElement): boolean => {
    const { naturalWidth, naturalHeight, clientWidth, clientHeight, offsetWidth, offsetHeight } = image;
    if (offsetWidth === 0 || offsetHeight === 0) return true;
    const across = clientWidth / naturalWidth;
    const down = clientHeight / naturalHeight;
    const { objectFit } = getComputedStyle(image);
    const isWhole = objectFit === "contain" || objectFit === "scale-down";
    const fit = objectFit === "none" ? 1 : isWhole ? Math.min(across, down) : Math.max(across, down);
    const box = image.getBoundingClientRect();
    const scale = box.width / offsetWidth;
    // A turned image is smaller than the box around it, by the square root of two at most.
    const isTurned =
      offsetWidth === offsetHeight || Math.abs(box.height / offsetHeight - scale) > 0.01 * scale;
    const least = (box.width + box.height) / ((offsetWidth + offsetHeight) * Math.SQRT2);
    // A layer that a transform enlarges may be drawn at its own size first.
    return fit * Math.min(1, isTurned ? least : scale) * Math.max(1, devicePixelRatio) <= 0.55;
  };

  /** A second URL of the frame, of which nothing is decoded; loaded, so that an image takes it at once and is never blank. */
  const freshUrl = async (frame: PageFrame): Promise<string | undefined> => {
    const [, before] = frame.urls;
    if (before !== undefined && frame.isDecodedWhole !== true) return before;
    const url = URL.createObjectURL(frame.blob);
    const loaded = new Image();
    await new Promise((done) => {
      loaded.onload = loaded.onerror = done;
      loaded.src = url;
    });
    if (loaded.naturalWidth === 0) {
      URL.revokeObjectURL(url);
      return undefined;
    }
    for (const old of frame.urls.splice(1)) {
      URL.revokeObjectURL(old);
      frames?.delete(old);
    }
    frame.urls.push(url);
    frame.isDecodedWhole = false;
    frames?.set(url, frame);
    return url;
  };

  // One after the other: videos with the same picture share a frame.
  for (const id of scalableIds) {
    const image = (page.__hfMediaEl?.(id) ?? document.getElementById(id))?.nextElementSibling;
    if (!(image instanceof HTMLImageElement)) continue;
    const frame = frames?.get(image.src);
    if (frame === undefined) continue;
    const isFirst = image.src === frame.urls[0];
    if (!isDrawnSmall(image)) {
      if (!isFirst) frame.isDecodedWhole = true;
    } else if (isFirst || frame.isDecodedWhole === true) {
      const url = await freshUrl(frame);
      if (url !== undefined) image.src = url;
    }
  }

  const { visualViewport: zoomed, scrollX, scrollY } = window;
  // On a machine of another scale it is not quite 1 even where 1 is emulated.
  if (window.devicePixelRatio !== 1 || scrollX !== 0 || scrollY !== 0) return false;
  if (zoomed !== null && (zoomed.offsetLeft !== 0 || zoomed.offsetTop !== 0 || zoomed.scale !== 1))
    return false;
  const { scrollingElement: viewport, documentElement, body } = document;
  const fits =
    viewport !== null &&
    viewport.scrollWidth <= viewport.clientWidth &&
    viewport.scrollHeight <= viewport.clientHeight;
  // The viewport takes the direction of either.
  return (
    fits ||
    [documentElement, body].every((element: Element | null) => {
      if (element === null) return true;
      const { direction, writingMode } = getComputedStyle(element);
      return direction === "ltr" && writingMode === "horizontal-tb";
    })
  );
}

/** Makes the detached file input that {@link blobUrlsOfFiles} is called on. */
export function createFileInput(): HTMLInputElement {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  return input;
}

/** Called on the input after its files were set: a blob URL for each file, in order, with its size in bytes. */
export function blobUrlsOfFiles(this: HTMLInputElement): Array<{ url: string; bytes: number }> {
  const page = window as unknown as HyperframesWindow;
  page.__hyperframesNativeFrames ??= new Map();
  const frames = page.__hyperframesNativeFrames;
  const files = Array.from(this.files ?? [], (blob) => {
    const url = URL.createObjectURL(blob);
    frames.set(url, { blob, urls: [url] });
    return { url, bytes: blob.size };
  });
  this.value = ""; // the blobs hold the files; the input need not
  return files;
}

/** The picture that a page shows of one URL: its size in pixels, or why there is none. */
export type ProbedImage = { readonly width: number; readonly height: number } | { readonly error: string };

/**
 * Loads URLs side by side, and decodes them where asked to, to see whether this page can. The images are kept as those ahead are: the
 * injection that follows finds them decoded; or loaded, and then decodes them in its own order. That order shows where the frames of one
 * step take more than Chrome keeps: the first ones are decoded whole, the others at the scale they are drawn at (measured with Chromium 156,
 * docs/transports.md).
 */
export async function probeImages(urls: readonly string[], decodes: boolean): Promise<ProbedImage[]> {
  const images = urls.map((url) => {
    const image = new Image();
    image.decoding = "sync";
    image.src = url;
    return image;
  });
  const page = window as unknown as HyperframesWindow;
  page.__hyperframesNativeAhead = [...(page.__hyperframesNativeAhead ?? []), ...images];
  return Promise.all(
    images.map(async (image): Promise<ProbedImage> => {
      try {
        if (decodes) await image.decode();
        else if (!image.complete) {
          await new Promise((done, failed) => {
            image.onload = done;
            image.onerror = () => failed(new Error("it does not load"));
          });
        }
        if (image.naturalWidth === 0) return { error: "it does not load" };
        return { width: image.naturalWidth, height: image.naturalHeight };
      } catch (error) {
        return { error: String(error) };
      }
    }),
  );
}

/** The outcome of one fetch. */
export type FetchedBlob = { readonly url: string; readonly bytes: number } | { readonly error: string };

/**
 * Fetches frames side by side: a blob URL for each, in order, or why not. A connection that breaks, or a server that cannot just now, is
 * asked once more. All or none are kept.
 */
export async function fetchBlobs(urls: readonly string[]): Promise<FetchedBlob[]> {
  const page = window as unknown as HyperframesWindow;
  page.__hyperframesNativeFrames ??= new Map();
  const frames = page.__hyperframesNativeFrames;
  const fetchBlob = async (url: string): Promise<FetchedBlob & { readonly again?: boolean }> => {
    try {
      const response = await fetch(url, {
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      if (!response.ok) return { error: `status ${response.status}`, again: response.status >= 500 };
      const blob = await response.blob();
      const blobUrl = URL.createObjectURL(blob);
      frames.set(blobUrl, { blob, urls: [blobUrl] });
      return { url: blobUrl, bytes: blob.size };
    } catch (error) {
      return { error: String(error), again: true };
    }
  };
  const fetched = await Promise.all(
    urls.map(async (url) => {
      const first = await fetchBlob(url);
      return first.again === true ? fetchBlob(url) : first;
    }),
  );
  if (fetched.some((blob) => "error" in blob)) {
    for (const blob of fetched) {
      if (!("url" in blob)) continue;
      URL.revokeObjectURL(blob.url);
      frames.delete(blob.url);
    }
  }
  return fetched;
}
