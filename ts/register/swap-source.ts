import type { SwapRecord } from "../stats/process-report.js";
import { warnOnce } from "../warn.js";
import { edited } from "./edit.js";
import type { HostPackage } from "./host-package.js";
import { FRAME_MARK } from "./left-alone.js";
import { holds } from "./statements.js";
import { clipEdit, swapClip } from "./swap-clip.js";
import { injectorEdit, NOT_WHOLE, type SwapResult } from "./swap-injector.js";

const ENTRIES_WITH_THE_FUNCTION =
  /\/(?:@hyperframes\/)?producer\/dist\/(?:index|distributed|public-server)\.js$|\/videoFrameInjector\.js$/;

/** What upstream's functions are called. */
const NAMES = ["createVideoFrameInjector", "pageScreenshotCapture"];

/** A module of one of upstream's packages. */
export interface HostModule {
  readonly host: HostPackage;
  readonly url: string;
  readonly source: string | ArrayBuffer | NodeJS.TypedArray;
}

/** What became of a module. */
export interface SwappedSource {
  /** Its new bytes; absent where it stays as it is. */
  readonly source?: Buffer;
  /** Absent where the module has nothing to do with `createVideoFrameInjector`. */
  readonly record?: SwapRecord;
  /** Whether it puts frames into pages, by whatever function. */
  readonly putsFrames: boolean;
}

const ABSENT: SwapResult = { kind: "absent" };

/** Swaps upstream's functions in a module by content; `swapsClip`: the clip of screenshots too. */
export function swapSource({ host, url, source }: HostModule, swapsClip: boolean): SwappedSource {
  const bytes = bytesOf(source);
  const given = NAMES.some((name) => bytes.includes(name)) ? bytes.toString("latin1") : undefined;
  const { result, text } = given === undefined ? { result: ABSENT, text: given } : swapBoth(given, swapsClip);
  const record = recordOf({ package: host.name, version: host.version, file: url }, result);
  return {
    ...(text === undefined || text === given ? {} : { source: Buffer.from(text, "latin1") }),
    ...(record === undefined ? {} : { record }),
    putsFrames: bytes.includes(FRAME_MARK),
  };
}

/** A text whose injector is not known is left alone wholly. */
function swapBoth(given: string, swapsClip: boolean): { result: SwapResult; text: string } {
  const injector = injectorEdit(given);
  if ("kind" in injector) {
    const clipAlone = swapsClip && injector.kind === "absent";
    return { result: injector, text: clipAlone ? swapClip(given) : given };
  }
  const clip = swapsClip ? clipEdit(given) : undefined;
  for (const edits of clip === undefined ? [[injector]] : [[injector, clip], [injector]]) {
    if (!holds(given, edits)) continue;
    const text = edited(given, edits);
    return { result: { kind: "swapped", source: text }, text };
  }
  return { result: NOT_WHOLE, text: given };
}

function recordOf(file: SwapRecord, result: SwapResult): SwapRecord | undefined {
  if (result.kind === "swapped") return file;
  if (result.kind === "untouched") return { ...file, reason: result.reason };
  if (ENTRIES_WITH_THE_FUNCTION.test(file.file)) {
    return { ...file, reason: "createVideoFrameInjector is not in it" };
  }
  return undefined;
}

/** What a record says of a module that was left alone; `undefined` for a swapped one. */
export function untouchedMessage(record: SwapRecord): string | undefined {
  const { reason, package: name, version, file } = record;
  return reason === undefined ? undefined : `${name} ${version} stays as it is: ${reason} (${file}).`;
}

/** Warns once of a module that was left alone. */
export function warnOfUntouched(record: SwapRecord): void {
  const message = untouchedMessage(record);
  if (message !== undefined) warnOnce(`swap:${record.file}`, message, "SWAP_NOT_CLEAN");
}

/** The bytes of a module. As text they are one character each: what is looked for and put in is ASCII, so all others come through as they are. */
function bytesOf(source: HostModule["source"]): Buffer {
  if (typeof source === "string") return Buffer.from(source);
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}
