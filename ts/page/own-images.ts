import { FrameCache } from "../native/binding.js";
import { frameUrls } from "./functions.js";
import { type CapturePage, hasProtocol, type ProtocolPage, type ProtocolSession } from "./page.js";

/** Largest image that is looked into, in bytes; a larger one counts as one that Chrome may decode smaller. */
const LARGEST_IMAGE_BYTES = 32 * 1024 * 1024;

/** Types that Chrome never decodes at a smaller scale. */
const NEVER_SCALED = /^image\/(?:png|apng|gif|webp|avif|svg\+xml|bmp|x-icon)\b/;

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
  on?(event: "response", listener: (response: LoadedResponse) => void): unknown;
}

interface LoadedResponse {
  url(): string;
  request(): { resourceType(): string };
}

/** What is known of the images that a page has besides its frames. */
interface OwnImages {
  /** Whether one of them may be decoded smaller; `undefined` where it must be looked at again, since another was loaded. */
  hasScalable: Promise<boolean> | undefined;
  readonly seen: Map<string, boolean>;
  /**
   * Never detached while the page lives: with a session its emulation goes, and Chrome then resets the page's background, which another
   * session has made transparent (measured with Chromium 156: a render with motion blur turned white).
   */
  session: Promise<ProtocolSession> | undefined;
}

const byPage = new WeakMap<object, OwnImages>();

/**
 * Whether the page has an image of its own, wherever it is drawn (an element, a background, a border, a shadow tree, a frame), that
 * Chrome may decode at a smaller scale: its pixels depend on what else is decoded, and upstream's clip drops that before each capture.
 * Looked at once, and again when the page has loaded another image. `true` where it cannot be known. Of blobs and data URIs that are
 * made later nothing is seen: frames are such, too.
 */
export function hasScalableImages(page: CapturePage): Promise<boolean> {
  let images = byPage.get(page);
  if (images === undefined) {
    images = { hasScalable: undefined, seen: new Map(), session: undefined };
    byPage.set(page, images);
    if (!watch(page, images)) images.hasScalable = Promise.resolve(true);
  }
  images.hasScalable ??= look(page, images).catch(() => true);
  return images.hasScalable;
}

/** Has the images looked at again when one is loaded; whether the page is one that tells. */
function watch(page: CapturePage, images: OwnImages): page is ListeningPage {
  const listening = page as ListeningPage;
  if (!hasProtocol(page) || typeof listening.on !== "function") return false;
  listening.on("response", (response) => {
    if (response.request().resourceType() !== "image" || /^(?:blob|data):/.test(response.url())) return;
    // One that is scalable stays so: what was found holds.
    images.hasScalable = images.hasScalable?.then((found) => found || look(page, images).catch(() => true));
  });
  return true;
}

async function look(page: CapturePage, images: OwnImages): Promise<boolean> {
  if (!hasProtocol(page)) return true;
  images.session ??= openSession(page);
  const session = await images.session;
  const own: ReadonlySet<string> = new Set(await page.evaluate(frameUrls));
  const { frameTree } = (await session.send("Page.getResourceTree")) as { frameTree: FrameTree };
  for (const [frameId, resource] of resourcesOf(frameTree)) {
    const { url, type, mimeType } = resource;
    if (type !== "Image" || own.has(url) || NEVER_SCALED.test(mimeType)) continue;
    let isScalable = images.seen.get(url);
    if (isScalable === undefined) {
      isScalable = await isScalableImage(session, frameId, resource);
      images.seen.set(url, isScalable);
    }
    if (isScalable) return true;
  }
  return false;
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
