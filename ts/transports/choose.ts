import { debuglog } from "node:util";
import { HyperframesNativeError, messageOf, warnOnce } from "../errors.js";
import { type StepFrame, TRANSPORT_CHOICES, type TransportChoice, type TransportName } from "../frame.js";
import { type FrameInfo, pictureBytes } from "../native/binding.js";
import { staysDecoded } from "../native/limits.js";
import { type ProbedImage, probeImages } from "../page/functions.js";
import { type CapturePage, isGone } from "../page/page.js";
import { askedTransport } from "../settings.js";
import { publishChoice } from "../telemetry/channels.js";
import { fileTransport } from "./file.js";
import { servedTransport } from "./served.js";
import { type FrameTransport, LateError, type MadeUrl, type PageTransport, within } from "./transport.js";

/** Longest that one transport may take to show that it works, in milliseconds, besides what its pictures take to decode. */
const PROBE_LIMIT_MS = 10_000;

/**
 * Bytes that a page must decode in a millisecond at the least: a seventh of the rate at which two loaded processors decoded thirty 1080p
 * pictures (2.3 s a frame, docs/measurements/transports.md). A page that is only slow would be slowest of all with data URIs.
 */
const DECODED_BYTES_PER_MS = 16 * 1024;

/** The transport that a page was found to take. */
export interface Choice {
  readonly name: TransportName;
  /** Absent where frames go inline. */
  readonly open?: Attempt;
  /** Why the ones before it were not taken, in order. */
  readonly rejected: readonly string[];
}

/** A transport that was opened for a page, and what it made of the frames it was tried with. */
export interface Attempt {
  readonly transport: PageTransport;
  readonly made: readonly MadeUrl[];
}

/** The frames that transports are tried with. */
export interface Trial {
  /** The very frames that are due. */
  readonly frames: readonly StepFrame[];
  readonly infos: ReadonlyMap<string, FrameInfo>;
  /** Frames as data URIs, by path: a frame that a transport does not show is compared with its own. */
  dataUris(frames: readonly StepFrame[]): Promise<ReadonlyMap<string, string>>;
  /** Takes URLs that will not be shown. */
  discard(made: readonly MadeUrl[]): void;
}

/**
 * Tries the transports in order with the frames that are due: each must load and decode them, at their size, within a bounded time; only load
 * them where they are more than Chrome keeps decoded.
 * Where none does they go inline, which works everywhere; at once where one did not answer in time, so that a page that hangs holds its
 * step up only once. A frame that does not decode as a data URI either says nothing about a transport.
 */
export async function chooseTransport(
  page: CapturePage,
  transports: readonly FrameTransport[],
  trial: Trial,
): Promise<Choice> {
  const rejected: string[] = [];
  const infos = trial.frames.flatMap(({ framePath }) => trial.infos.get(framePath) ?? []);
  const decodedBytes = infos.reduce((sum, info) => sum + pictureBytes(info), 0);
  const decodes = staysDecoded(decodedBytes);
  const limitMs = PROBE_LIMIT_MS + Math.ceil(decodedBytes / DECODED_BYTES_PER_MS);
  for (const transport of transports) {
    // Nothing is found out about a page that is gone; its own error comes when it is given the frames.
    if (isGone(page)) break;
    try {
      const late = (attempt: Attempt) => {
        trial.discard(attempt.made);
        attempt.transport.close();
      };
      const open = await within(limitMs, tryTransport(page, transport, trial, decodes), late);
      return { name: transport.name, open, rejected };
    } catch (error) {
      rejected.push(`${transport.name}: ${messageOf(error)}`);
      if (error instanceof LateError) break;
    }
  }
  return { name: "inline", rejected };
}

async function tryTransport(
  page: CapturePage,
  { open }: FrameTransport,
  trial: Trial,
  decodes: boolean,
): Promise<Attempt> {
  const transport = await open(page);
  let made: readonly MadeUrl[] = [];
  try {
    made = await transport.make(trial.frames.map(({ framePath }) => framePath));
    await assertShown(page, made, trial, decodes);
  } catch (error) {
    trial.discard(made);
    transport.close();
    throw error;
  }
  return { transport, made };
}

/** @throws when one of the URLs is not there whole, or does not load or decode at its size although its frame would. */
async function assertShown(
  page: CapturePage,
  made: readonly MadeUrl[],
  trial: Trial,
  decodes: boolean,
): Promise<void> {
  const urls = made.map(({ url }) => url);
  const seen: ProbedImage[] = await page.evaluate(probeImages, urls, decodes);
  const undecoded: Array<{ readonly frame: StepFrame; readonly reason: string }> = [];
  for (const [n, frame] of trial.frames.entries()) {
    const info = trial.infos.get(frame.framePath);
    const bytes = made[n]?.bytes;
    const image = seen[n] ?? { error: "no answer" };
    if (info !== undefined && bytes !== info.size) throw new Error(`${bytes} of ${info.size} bytes arrived`);
    if ("error" in image) {
      undecoded.push({ frame, reason: `the page does not show it (${image.error})` });
      continue;
    }
    const known = info !== undefined && info.width > 0;
    if (known && (image.width !== info.width || image.height !== info.height)) {
      throw new Error(`${image.width}x${image.height} pixels instead of ${info.width}x${info.height}`);
    }
  }
  if (undecoded.length === 0) return;
  const uris = await trial.dataUris(undecoded.map(({ frame }) => frame));
  const inline: ProbedImage[] = await page.evaluate(probeImages, Array.from(uris.values()), true);
  for (const [n, image] of inline.entries()) {
    if (!("error" in image)) throw new Error(undecoded[n]?.reason);
  }
}

/**
 * Steps of fewer bytes go inline in `auto`: registering a file costs more than a small data URI does. Found by
 * `npm run bench:threshold` (docs/measurements/transports.md).
 */
const LEAST_STEP_BYTES = 12 * 1024;

/** Which transports are tried, in order, before frames go inline, and from which size of a step on. */
export interface TransportPolicy {
  readonly transports: readonly FrameTransport[];
  readonly leastStepBytes: number;
}

const TRIED: Readonly<Record<TransportChoice, readonly FrameTransport[]>> = {
  auto: [fileTransport, servedTransport],
  file: [fileTransport],
  served: [servedTransport],
  inline: [],
};

/**
 * The one place that decides how frames travel.
 * @param asked the user's option; without it the environment's `HYPERFRAMES_NATIVE_TRANSPORT` is asked.
 * @throws {HyperframesNativeError} `INVALID_OPTION` for an option that is none of the choices.
 */
export function transportPolicy(asked: TransportChoice | undefined): TransportPolicy {
  const choice = asked ?? askedTransport();
  if (!Object.hasOwn(TRIED, choice)) {
    const message = `transport is "${choice}"; it can be ${TRANSPORT_CHOICES.join(", ")}.`;
    throw new HyperframesNativeError("INVALID_OPTION", message);
  }
  return { transports: TRIED[choice], leastStepBytes: choice === "auto" ? LEAST_STEP_BYTES : 0 };
}

const debug = debuglog("hyperframes-native");

export function reportChoice({ name, rejected }: Choice): void {
  debug("a page takes its frames as %s", name);
  publishChoice({ transport: name, rejected });
  if (rejected.length === 0) return;
  const message = `Frames go ${name} on this page: ${rejected.join("; ")}.`;
  warnOnce("transport", message, "TRANSPORT_UNUSABLE");
}

/** Says why frames went inline although their page takes another transport. */
export function warnOfLostFrames(reason: string): void {
  debug("frames went inline instead: %s", reason);
  const message = `A step's frames went inline instead: ${reason}. A page on which that goes on stays inline.`;
  warnOnce("transport:lost", message, "TRANSPORT_UNUSABLE");
}
