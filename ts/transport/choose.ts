import { type FrameInfo, pictureBytes } from "../cache/frame-info.js";
import type { StepFrame } from "../lookup/shown-frames.js";
import { type ProbedImage, probeImages } from "../page/functions.js";
import { type CapturePage, isGone } from "../page/page.js";
import { LateError, within } from "./bounded.js";
import type { FrameSource, FrameTransport, PageTransport } from "./transport.js";

/** Longest that one transport may take to show that it works, in milliseconds, besides what its pictures take to decode. */
const PROBE_LIMIT_MS = 10_000;

/**
 * What that may be: some seven times what thirty 1080p pictures took on two loaded processors (2.3 s a frame, docs/transports.md). A page
 * that is only slow would be slowest of all with data URIs.
 */
const DECODED_BYTES_PER_MS = 16 * 1024;

/** What a page was found to take. */
export interface Choice {
  readonly transport: PageTransport;
  /** The sources of the frames that it was tried with. */
  readonly sources: FrameSource[];
  /** Why the ones before it were not taken, in order. */
  readonly rejected: readonly string[];
}

/**
 * Tries the transports in order with the very frames that are due: each must load and decode them, at their size,
 * within a bounded time. The last one is taken without a test: it works everywhere, and at once where one before did not answer in time, so that
 * a page that hangs holds its step up only once. Sources that are not taken go to
 * `discard`, those of a transport that answers too late as well; what it opened for the page is closed.
 */
export async function chooseTransport(
  page: CapturePage,
  transports: readonly FrameTransport[],
  frames: readonly StepFrame[],
  infos: ReadonlyMap<StepFrame, FrameInfo>,
  discard: (sources: readonly FrameSource[]) => void,
): Promise<Choice> {
  const rejected: string[] = [];
  const limitMs = probeLimitMs(infos.values());
  for (const transport of transports.slice(0, -1)) {
    // Nothing is found out about a page that is gone; its own error comes when it is given the frames.
    if (isGone(page)) break;
    try {
      const attempt = tryTransport(page, transport, frames, infos, discard);
      const late = ({ transport: open, sources }: Attempt) => {
        discard(sources);
        open.close();
      };
      return { ...(await within(limitMs, attempt, late)), rejected };
    } catch (error) {
      rejected.push(`${transport.name}: ${error instanceof Error ? error.message : String(error)}`);
      if (error instanceof LateError) break;
    }
  }
  const last = transports.at(-1);
  if (last === undefined) throw new RangeError("no transport to choose from");
  const transport = await last.open(page);
  return { transport, sources: await transport.sources(frames), rejected };
}

/** Longest that one transport may take for these frames, in milliseconds. */
function probeLimitMs(infos: Iterable<FrameInfo>): number {
  let decodedBytes = 0;
  for (const info of infos) decodedBytes += pictureBytes(info);
  return PROBE_LIMIT_MS + Math.ceil(decodedBytes / DECODED_BYTES_PER_MS);
}

/** A transport that was opened for a page, and the sources it was tried with. */
interface Attempt {
  readonly transport: PageTransport;
  readonly sources: FrameSource[];
}

async function tryTransport(
  page: CapturePage,
  transport: FrameTransport,
  frames: readonly StepFrame[],
  infos: ReadonlyMap<StepFrame, FrameInfo>,
  discard: (sources: readonly FrameSource[]) => void,
): Promise<Attempt> {
  const open = await transport.open(page);
  let sources: FrameSource[] = [];
  try {
    sources = await open.sources(frames);
    await assertShown(page, sources, infos);
  } catch (error) {
    discard(sources);
    open.close();
    throw error;
  }
  return { transport: open, sources };
}

/** @throws when one of the sources is not there whole, or does not decode at its size. */
async function assertShown(
  page: CapturePage,
  sources: readonly FrameSource[],
  infos: ReadonlyMap<StepFrame, FrameInfo>,
): Promise<void> {
  const seen: ProbedImage[] = await page.evaluate(
    probeImages,
    sources.map(({ src }) => src),
  );
  for (const [n, { frame, bytes }] of sources.entries()) {
    const info = infos.get(frame);
    const image = seen[n] ?? { error: "no answer" };
    if (info !== undefined && bytes !== info.size) throw new Error(`${bytes} of ${info.size} bytes arrived`);
    if ("error" in image) throw new Error(`the page does not show it (${image.error})`);
    const known = info !== undefined && info.width > 0;
    if (known && (image.width !== info.width || image.height !== info.height)) {
      throw new Error(`${image.width}x${image.height} pixels instead of ${info.width}x${info.height}`);
    }
  }
}
