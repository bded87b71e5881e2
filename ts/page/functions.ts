/**
 * Functions that run in the page: puppeteer or the DevTools protocol send their source text, so they may use nothing
 * but their arguments, `this` and the page's globals. Upstream makes `Date`, `performance.now`, timers and
 * `requestAnimationFrame` virtual and seeds `Math.random` and `crypto.getRandomValues`: none of them may be used here.
 */

/** What upstream's runtime puts on the page's `window`, as far as it is used here. */
interface HyperframesWindow {
  /** Renders the GPU adapters again, at the same time, so that they upload the new video textures. */
  __hfReseekGpu?: (time: number) => void;
  /** The runtime's own interface. */
  __hf?: { readonly colorGrading?: { readonly redraw?: () => void } };
  /** The media element of a render id, where ids and render ids differ. */
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

/** What {@link finishStep} is asked to do. */
export interface StepEnd {
  /** Seconds on the composition's clock. */
  readonly time: number;
  /** Videos whose image was given a blob in this step, and must show it now. */
  readonly videoIds: readonly string[];
  /** Blob URLs that no image shows any more. */
  readonly revoke: readonly string[];
  /** Blob URLs of the next step, to be loaded and decoded meanwhile. */
  readonly ahead: readonly string[];
}

/**
 * Ends a step: makes sure that every frame is really there, asks the GPU adapters (where there are any) to draw again
 * with them, lets go of the frames before and starts decoding the ones after. Returns the videos whose frame is not
 * there; if there are any, nothing else was done.
 */
export function finishStep({ time, videoIds, revoke, ahead }: StepEnd): string[] {
  const host = window as unknown as HyperframesWindow;
  const missing = videoIds.filter((id) => {
    const video = host.__hfMediaEl?.(id) ?? document.getElementById(id);
    const image = video?.nextElementSibling;
    return !(image instanceof HTMLImageElement && image.complete && image.naturalWidth > 0);
  });
  if (missing.length > 0) return missing;
  const frames = host.__hyperframesNativeFrames;
  host.__hfReseekGpu?.(time);
  for (const url of revoke) {
    for (const each of frames?.get(url)?.urls ?? [url]) {
      URL.revokeObjectURL(each);
      frames?.delete(each);
    }
  }
  // Also when there are none: what was held for this step may go.
  host.__hyperframesNativeAhead = ahead.map((url) => {
    const image = new Image();
    image.decoding = "sync"; // as the real image: Chrome reuses only what was decoded the same way
    image.src = url;
    image.decode().catch(() => undefined); // the step itself will see whether the frame is there
    return image;
  });
  return [];
}

/** What {@link finishStep} comes to where there is nothing to check, to let go of or to decode: less text to send and to parse. */
export function reseekGpu({ time }: { readonly time: number }): void {
  (window as unknown as HyperframesWindow).__hfReseekGpu?.(time);
}

/** Lets go of blobs on a step that {@link finishStep} is not called on; nothing is drawn. */
export function revokeBlobs(urls: readonly string[]): void {
  const frames = (window as unknown as HyperframesWindow).__hyperframesNativeFrames;
  for (const url of urls) {
    for (const each of frames?.get(url)?.urls ?? [url]) {
      URL.revokeObjectURL(each);
      frames?.delete(each);
    }
  }
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
 * Chromium 156 over 32 styles of the root: those that scroll below zero, and no others). Nor on a host of another
 * device scale than 1: with a clip Chrome rounds the size of the picture otherwise (801x451 and 802x452 pixels of 641x361 at 1.25).
 */
export async function prepareScreenshot(scalableIds: readonly string[]): Promise<boolean> {
  const host = window as unknown as HyperframesWindow;
  const frames = host.__hyperframesNativeFrames;

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

  const drawAfresh = async (image: HTMLImageElement, frame: PageFrame): Promise<void> => {
    const url = URL.createObjectURL(frame.blob);
    // Loaded first: the image then takes it at once, and is never blank.
    const loaded = new Image();
    await new Promise((done) => {
      loaded.onload = loaded.onerror = done;
      loaded.src = url;
    });
    if (loaded.naturalWidth === 0) {
      URL.revokeObjectURL(url);
      return;
    }
    image.src = url;
    for (const before of frame.urls.splice(1)) {
      URL.revokeObjectURL(before);
      frames?.delete(before);
    }
    frame.urls.push(url);
    frame.isDecodedWhole = false;
    frames?.set(url, frame);
  };

  await Promise.all(
    scalableIds.map(async (id) => {
      const image = (host.__hfMediaEl?.(id) ?? document.getElementById(id))?.nextElementSibling;
      if (!(image instanceof HTMLImageElement)) return;
      const frame = frames?.get(image.src);
      if (frame === undefined) return;
      const isFirstUrl = image.src === frame.urls[0];
      if (!isDrawnSmall(image)) frame.isDecodedWhole = true;
      else if (isFirstUrl || frame.isDecodedWhole === true) await drawAfresh(image, frame);
    }),
  );

  const { visualViewport: zoomed, scrollX, scrollY } = window;
  // On a host of another scale it is not quite 1 even where 1 is emulated.
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

/** The blob URLs of frames that the page has now. */
export function frameUrls(): string[] {
  return Array.from((window as unknown as HyperframesWindow).__hyperframesNativeFrames?.keys() ?? []);
}

/** Has the runtime's colour grading drawn again, where the page has any; what it throws is its own affair, as it is upstream. */
export function redrawColorGrading(): void {
  try {
    (window as unknown as HyperframesWindow).__hf?.colorGrading?.redraw?.();
  } catch {
    // The frame is captured as it is.
  }
}

/** Makes the detached file input that {@link blobUrlsOfFiles} is called on. */
export function createFileInput(): HTMLInputElement {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  return input;
}

/** Called on the input after its files were set: a blob URL for each file, in order, with its size in bytes. */
export function blobUrlsOfFiles(this: HTMLInputElement): Array<{ url: string; size: number }> {
  const host = window as unknown as HyperframesWindow;
  host.__hyperframesNativeFrames ??= new Map();
  const frames = host.__hyperframesNativeFrames;
  const files = Array.from(this.files ?? [], (blob) => {
    const url = URL.createObjectURL(blob);
    frames.set(url, { blob, urls: [url] });
    return { url, size: blob.size };
  });
  this.value = ""; // the blobs hold the files; the input need not
  return files;
}

/** What a page shows of one URL: its size in pixels, or why it shows nothing. */
export type ProbedImage = { readonly width: number; readonly height: number } | { readonly error: string };

/**
 * Loads and decodes URLs side by side, to see whether this page can. The images are kept as those ahead are: the injection that
 * follows finds them decoded.
 */
export async function probeImages(urls: readonly string[]): Promise<ProbedImage[]> {
  const images = urls.map((url) => {
    const image = new Image();
    image.decoding = "sync";
    image.src = url;
    return image;
  });
  (window as unknown as HyperframesWindow).__hyperframesNativeAhead = images;
  return Promise.all(
    images.map(async (image): Promise<ProbedImage> => {
      try {
        await image.decode();
        return { width: image.naturalWidth, height: image.naturalHeight };
      } catch (error) {
        return { error: String(error) };
      }
    }),
  );
}

/** What became of one fetch. */
export type FetchedBlob = { readonly url: string; readonly size: number } | { readonly error: string };

/**
 * Fetches frames side by side: a blob URL for each, in order, or why not. A connection that breaks, or a server that cannot just now, is
 * asked once more. All or none are kept.
 */
export async function fetchBlobs(urls: readonly string[]): Promise<FetchedBlob[]> {
  const host = window as unknown as HyperframesWindow;
  host.__hyperframesNativeFrames ??= new Map();
  const frames = host.__hyperframesNativeFrames;
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
      return { url: blobUrl, size: blob.size };
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
