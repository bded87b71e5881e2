import { FrameCache } from "../native/binding.js";
import { type CapturePage, hasProtocol, type ProtocolPage, type ProtocolSession } from "./page.js";

/** Largest image that is looked into, in bytes; a larger one counts as one that Chrome may decode smaller. */
const LARGEST_IMAGE_BYTES = 32 * 1024 * 1024;

/** Types that Chrome never decodes at a smaller scale. */
const NEVER_SCALED = /^image\/(?:png|apng|gif|webp|avif|svg\+xml|bmp|x-icon)\b/;

/** Images that come to be after the first look, and are frames more often than not. */
const MAY_BE_FRAMES = /^(?:blob|data):|\/__hyperframes_video_frames__\//;

/** The part of a resource of the DevTools protocol's `Page.getResourceTree` that is used here. */
interface Resource {
  readonly url: string;
  readonly type: string;
  readonly mimeType: string;
  readonly contentSize?: number;
}

interface FrameTree {
  readonly frame: { readonly id: string };
  readonly resources: readonly Resource[];
  readonly childFrames?: readonly FrameTree[];
}

/** The part of puppeteer's `Page` that tells of what it loads. */
interface ListeningPage extends ProtocolPage {
  on(event: "response", listener: (response: LoadedResponse) => void): unknown;
}

interface LoadedResponse {
  url(): string;
  request(): { resourceType(): string };
}

/**
 * The images that a page has besides its frames, wherever they are drawn: an element, a background, a border, a shadow tree, a frame.
 * Looked at once, before a frame is in the page, and again when the page has loaded another. Blobs and data URIs that are made later are not
 * seen: frames are such, too, and Chrome still lists those that are gone. From CLI 0.8.150 on upstream serves what goes inline under a path of
 * its own.
 */
export class OwnImages {
  readonly #page: CapturePage;
  readonly #seen = new Map<string, boolean>();
  #hasScalable: Promise<boolean> | undefined;
  #session: Promise<ProtocolSession> | undefined;

  constructor(page: CapturePage) {
    this.#page = page;
  }

  /**
   * Whether Chrome may decode one of the images at a smaller scale: its pixels depend on what else is decoded, and upstream's clip drops
   * that before each capture. `true` where it cannot be known. To be asked before the first frame, and then whenever the answer is needed.
   */
  hasScalable(): Promise<boolean> {
    const page = this.#page;
    if (!isListening(page)) return Promise.resolve(true);
    if (this.#hasScalable === undefined) {
      this.#hasScalable = this.#look(page, () => true);
      page.on("response", (response) => {
        if (response.request().resourceType() !== "image" || !isOwn(response.url())) return;
        // One that is scalable stays so.
        this.#hasScalable = this.#hasScalable?.then((found) => found || this.#look(page, isOwn));
      });
    }
    return this.#hasScalable;
  }

  async #look(page: ListeningPage, isMeant: (url: string) => boolean): Promise<boolean> {
    try {
      this.#session ??= openSession(page);
      const session = await this.#session;
      const { frameTree } = (await session.send("Page.getResourceTree")) as { frameTree: FrameTree };
      for (const [frameId, resource] of resourcesOf(frameTree)) {
        const { url, type, mimeType } = resource;
        if (type !== "Image" || !isMeant(url) || NEVER_SCALED.test(mimeType)) continue;
        const isScalable = this.#seen.get(url) ?? (await isScalableImage(session, frameId, resource));
        this.#seen.set(url, isScalable);
        if (isScalable) return true;
      }
      return false;
    } catch {
      return true;
    }
  }
}

function isOwn(url: string): boolean {
  return !MAY_BE_FRAMES.test(url);
}

function isListening(page: CapturePage): page is ListeningPage {
  return hasProtocol(page) && typeof (page as Partial<ListeningPage>).on === "function";
}

async function openSession(page: ProtocolPage): Promise<ProtocolSession> {
  const session = await page.createCDPSession();
  await session.send("Page.enable"); // without it no content is given
  return session;
}

function* resourcesOf({ frame, resources, childFrames = [] }: FrameTree): Generator<[string, Resource]> {
  for (const resource of resources) yield [frame.id, resource];
  for (const child of childFrames) yield* resourcesOf(child);
}

async function isScalableImage(
  session: ProtocolSession,
  frameId: string,
  { url, contentSize = 0 }: Resource,
): Promise<boolean> {
  if (contentSize > LARGEST_IMAGE_BYTES) return true;
  const { content, base64Encoded } = await session.send("Page.getResourceContent", { frameId, url });
  return FrameCache.hasWholeMcus(Buffer.from(content, base64Encoded === true ? "base64" : "utf8"));
}
