import type { SwapRecord } from "../../telemetry/process-report.js";
import { warnOnce } from "../../warn.js";
import type { UpstreamPackage } from "../upstream-package.js";
import { clipEdit } from "./clip.js";
import { injectorEdit } from "./injector.js";
import { edited, holds } from "./statements.js";

const ENTRIES_WITH_THE_FUNCTION =
  /\/(?:@hyperframes\/)?producer\/dist\/(?:index|distributed|public-server)\.js$|\/videoFrameInjector\.js$/;

const FUNCTIONS = ["createVideoFrameInjector", "pageScreenshotCapture"];

/** In the text of every module that puts frames into a page, whatever its functions are called. */
const FRAME_MARK = "__render_frame__";

const NOT_WHOLE =
  "the text around createVideoFrameInjector is not whole, or createVideoFrameInjector is only part of something else";

/** A module of one of upstream's packages. */
export interface UpstreamModule {
  readonly upstream: UpstreamPackage;
  readonly url: string;
  readonly source: string | ArrayBuffer | NodeJS.TypedArray;
}

export interface SwappedSource {
  /** The module's new bytes; absent where it stays as it is. */
  readonly source?: Buffer;
  /** Absent where the module has nothing to do with `createVideoFrameInjector`. */
  readonly record?: SwapRecord;
  /** Whether it puts frames into pages, by whatever function. */
  readonly putsFrames: boolean;
}

/** Swaps upstream's functions in a module by content. */
export function swapSource({ upstream, url, source }: UpstreamModule): SwappedSource {
  const bytes = bytesOf(source);
  // One character for each byte: what is looked for and put in is ASCII, so all others come through as they are.
  const text = FUNCTIONS.some((name) => bytes.includes(name)) ? bytes.toString("latin1") : "";
  const injector = injectorEdit(text);
  const isKnown = typeof injector !== "string";
  const clip = isKnown ? clipEdit(text) : undefined;
  const wanted = [isKnown ? injector : undefined, clip].filter((edit) => edit !== undefined);
  // The function may be swapped and the clip stay, never the other way round.
  const edits = [wanted, wanted.slice(0, 1)].find((edits) => edits.length > 0 && holds(text, edits));
  let reason: string | undefined;
  if (!isKnown) reason = injector;
  else if (injector !== undefined && edits === undefined) reason = NOT_WHOLE;
  else if (injector === undefined && ENTRIES_WITH_THE_FUNCTION.test(url))
    reason = "createVideoFrameInjector is not in it";
  const file = { package: upstream.name, version: upstream.version, file: url };
  return {
    ...(edits === undefined ? {} : { source: Buffer.from(edited(text, edits), "latin1") }),
    ...(reason === undefined ? injector !== undefined && { record: file } : { record: { ...file, reason } }),
    putsFrames: bytes.includes(FRAME_MARK),
  };
}

/** A sentence on a module that was left alone; `undefined` for a swapped one. */
export function untouchedMessage({ reason, package: name, version, file }: SwapRecord): string | undefined {
  return reason && `${name} ${version} stays as it is: ${reason} (${file}).`;
}

export function warnOfUntouched(record: SwapRecord): void {
  const message = untouchedMessage(record);
  if (message !== undefined) warnOnce(`swap:${record.file}`, message, "SWAP_NOT_CLEAN");
}

function bytesOf(source: UpstreamModule["source"]): Buffer {
  if (typeof source === "string") return Buffer.from(source);
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}
