/**
 * Functions that run in the page: puppeteer or the DevTools protocol send their source text, so they may use nothing
 * but their arguments, `this` and the page's globals. Upstream makes `Date`, `performance.now`, timers and
 * `requestAnimationFrame` virtual and seeds `Math.random` and `crypto.getRandomValues`: none of them may be used here.
 */

/** What upstream's runtime puts on the page's `window`, as far as it is used here. */
interface HyperframesWindow {
  /** The media element of a render id, where ids and render ids differ. */
  __hfMediaEl?: (id: string) => Element | null;
  /** Images that decode ahead of their step; kept, so that Chrome keeps what it decodes. */
  __hyperframesNativeAhead?: HTMLImageElement[];
}

/** A video of a step, and what its image should show. */
export interface StepCheck {
  readonly videoId: string;
  /** The source that upstream was given for it; absent where it is not known. */
  readonly url?: string | undefined;
}

/**
 * The videos whose image should show a frame of the step and has none: its source did not load. A video that upstream left out (its host
 * is hidden) has an image of before, or none, and is not among them.
 */
export function findLost(checks: readonly StepCheck[]): string[] {
  const host = window as unknown as HyperframesWindow;
  return checks.flatMap(({ videoId, url }) => {
    const video = host.__hfMediaEl?.(videoId) ?? document.getElementById(videoId);
    const image = video?.nextElementSibling;
    if (!(image instanceof HTMLImageElement) || image.style.visibility === "hidden") return [];
    if (url !== undefined && image.getAttribute("src") !== url) return [];
    return image.complete && image.naturalWidth > 0 ? [] : [videoId];
  });
}

/** What the page does after a step, while it is captured. */
export interface StepEnd {
  /** Blob URLs that no image shows any more. */
  readonly revoke: readonly string[];
  /** Blob URLs of the next step, to be loaded and decoded meanwhile; absent where those of before stay. */
  readonly ahead?: readonly string[] | undefined;
}

/** What the page answers to {@link finishStep}, once all is decoded. */
export interface StepAnswer {
  /** Those of {@link StepEnd.ahead} that do not decode. */
  readonly failed: readonly string[];
}

/** Lets go of the frames before and decodes the ones after. */
export async function finishStep({ revoke, ahead }: StepEnd): Promise<StepAnswer> {
  const host = window as unknown as HyperframesWindow;
  for (const url of revoke) URL.revokeObjectURL(url);
  if (ahead === undefined) return { failed: [] };
  const images = ahead.map((url) => {
    const image = new Image();
    image.decoding = "sync"; // as the real image: Chrome reuses only what was decoded the same way
    image.src = url;
    return image;
  });
  // What was held for this step may go, also where nothing comes after it.
  if (images.length > 0) host.__hyperframesNativeAhead = images;
  else delete host.__hyperframesNativeAhead;
  const failed: string[] = [];
  await Promise.all(
    images.map((image, n) =>
      image.decode().catch(() => {
        failed.push(ahead[n] as string);
      }),
    ),
  );
  return { failed };
}

/**
 * Whether the viewport shows the document from its origin on: neither scrolled nor zoomed into, nor a document that scrolls to the
 * left or upwards from where it starts. Of such a document Chrome counts a clip from elsewhere (measured with Chromium 156 over 32
 * styles of the root: those that scroll below zero, and no others).
 */
export function startsAtOrigin(): boolean {
  const { visualViewport: zoomed, scrollX, scrollY } = window;
  if (scrollX !== 0 || scrollY !== 0) return false;
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
  const files = Array.from(this.files ?? [], (file) => ({ url: URL.createObjectURL(file), bytes: file.size }));
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
  const host = window as unknown as HyperframesWindow;
  host.__hyperframesNativeAhead = [...(host.__hyperframesNativeAhead ?? []), ...images];
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
export type FetchedBlob = { readonly url: string; readonly bytes: number } | { readonly error: string };

/**
 * Fetches frames side by side: a blob URL for each, in order, or why not. A connection that breaks, or a server that cannot just now, is
 * asked once more. All or none are kept.
 */
export async function fetchBlobs(urls: readonly string[]): Promise<FetchedBlob[]> {
  const fetchBlob = async (url: string): Promise<FetchedBlob & { readonly again?: boolean }> => {
    try {
      const response = await fetch(url, {
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      if (!response.ok) return { error: `status ${response.status}`, again: response.status >= 500 };
      const blob = await response.blob();
      return { url: URL.createObjectURL(blob), bytes: blob.size };
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
    for (const blob of fetched) if ("url" in blob) URL.revokeObjectURL(blob.url);
  }
  return fetched;
}
