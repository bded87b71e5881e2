/** Everything doctor can find. docs/doctor.md has a line for each code. */
import type { TransportChoice, TransportName } from "../../../ts/frame.js";
import type { WrongVariable } from "../../../ts/settings.js";
import type { Runtime } from "../host/runtime.js";

/** What a finding means for a render. */
export type FindingStatus =
  /** As it should be. */
  | "ok"
  /** The render works, slower than it could be or not as somebody meant it. */
  | "warning"
  /** The render does not work or is not swapped, or nobody can say whether it is: exit status 1. */
  | "fault";

/** One thing that doctor found. */
export interface Finding {
  readonly code: FindingCode;
  readonly status: FindingStatus;
  /** What was found in a few words, where it is as it should be. */
  readonly brief?: string;
  /** What was found, one sentence. */
  readonly found: string;
  /** What to do about it, one sentence. */
  readonly advice: string;
  /** The same for machines; bytes where no unit is named. */
  readonly details?: object;
}

/** Stable names. */
export type FindingCode = keyof typeof FINDINGS;

/** A text, or how it is made of what was found. */
type Text<Facts> = string | ((facts: Facts) => string);

interface Row<Facts> {
  readonly status: FindingStatus;
  readonly brief?: Text<Facts>;
  readonly found: Text<Facts>;
  readonly advice: Text<Facts>;
}

function ok<Facts>(
  brief: Text<Facts>,
  found: Text<Facts>,
  advice: Text<Facts> = "Nothing to do.",
): Row<Facts> {
  return { status: "ok", brief, found, advice };
}

function warning<Facts = object>(found: Text<Facts>, advice: Text<Facts>): Row<Facts> {
  return { status: "warning", found, advice };
}

function fault<Facts = object>(found: Text<Facts>, advice: Text<Facts>): Row<Facts> {
  return { status: "fault", found, advice };
}

/** Code -> status, what was found, advice; where all is well, first what was found in a few words. */
export const FINDINGS = {
  SWITCHED_ON: ok<{ isHere: boolean }>(
    ({ isHere }) => (isHere ? "on in this very process" : "nothing switches it off"),
    ({ isHere }) =>
      isHere
        ? "The drop-in is on in this very process, as in all that are started in the same way."
        : "Nothing switches the drop-in off.",
    ({ isHere }) =>
      isHere
        ? "Render as ever."
        : "Start renders by `npx hyperframes-native run -- hyperframes render`: a render without it is not swapped.",
  ),
  SWITCHED_OFF: fault<{ value: string | undefined }>(
    ({ value }) => `HYPERFRAMES_NATIVE=${value} switches the drop-in off.`,
    "Unset HYPERFRAMES_NATIVE, or set it to on.",
  ),
  SWITCH_UNKNOWN: warning<WrongVariable>(
    ({ found }) => found,
    ({ advice }) => advice,
  ),
  CLIP_KEPT: warning<{ value: string | undefined }>(
    ({ value }) =>
      `HYPERFRAMES_NATIVE_CLIP=${value}: screenshots keep their clip, so no frame is decoded ahead for them.`,
    "Unset HYPERFRAMES_NATIVE_CLIP; BeginFrame capture does not mind it.",
  ),
  MEDIA_KEPT: warning<{ value: string | undefined }>(
    ({ value }) =>
      `HYPERFRAMES_NATIVE_MEDIA=${value}: Chrome seeks every <audio> at every frame, which decodes the video of a file that has one.`,
    "Unset HYPERFRAMES_NATIVE_MEDIA, unless the pictures of your composition need it.",
  ),

  STATS_WRITABLE: ok<{ file: string }>(
    ({ file }) => file,
    ({ file }) => `The statistics go to ${file}.`,
  ),
  STATS_UNWRITABLE: warning<{ name: string; reason: string }>(
    ({ name, reason }) => `HYPERFRAMES_NATIVE_STATS=${name} cannot be written: ${reason}.`,
    "Name a file in a folder that exists and that this user may write to.",
  ),

  BINARY_LOADS: ok<{ name: string; file: string | null }>(
    ({ name }) => `${name} loads`,
    ({ name, file }) => `The native binary for ${name} loads (${file ?? "of an unknown path"}).`,
  ),
  BINARY_MISSING: fault<AbsentBinary>(
    (binary) =>
      `There is no native binary for ${binary.platform}: neither hyperframes-native.${binary.name}.node in this package nor the package ${binary.package}.${namedFile(binary)}`,
    (binary) =>
      binary.override === undefined
        ? `Install ${binary.package} (npm install --include=optional, on this platform), or build it (npm run build in a clone).`
        : "Unset NAPI_RS_NATIVE_LIBRARY_PATH, or name a binary that exists.",
  ),
  BINARY_BROKEN: fault<AbsentBinary & { reason: string }>(
    (binary) =>
      `The native binary for ${binary.platform} is there but does not load: ${binary.reason}.${namedFile(binary)}`,
    (binary) =>
      binary.override === undefined
        ? `Install ${binary.package} of this version anew, or build the binary on this machine (npm run build in a clone).`
        : "Unset NAPI_RS_NATIVE_LIBRARY_PATH, or name a binary of this platform.",
  ),

  RUNTIME_HAS_PLUGINS: ok<Runtime>(
    ({ name }) => `${name}: bun --preload hyperframes-native/bun`,
    ({ name, path }) => `${name} (${path}) has runtime plugins.`,
    "Start renders with: bun --preload hyperframes-native/bun",
  ),
  RUNTIME_HAS_HOOKS: ok<Runtime>(
    ({ name }) => name,
    ({ name, path }) => `${name} (${path}) has module.registerHooks.`,
    "Nothing to do, if renders run on this very runtime.",
  ),
  RUNTIME_WITHOUT_HOOKS: fault<Runtime>(
    ({ name, path }) => `${name} (${path}) has no module.registerHooks, so nothing can be swapped.`,
    "Render with Node 22.15 or newer (23.5 of the 23 line).",
  ),

  PACKAGE_SWAPPED: ok<{ title: string; brief: string; injectors: string; clips: string }>(
    ({ brief }) => brief,
    ({ title, injectors, clips }) =>
      `${title} would be swapped: the text of createVideoFrameInjector matches at ${injectors}${clips && `, the clip of screenshots at ${clips}`}.`,
  ),
  // A fault whatever other packages are swapped: a render by this one would not be, and nobody would see why.
  PACKAGE_LEFT_ALONE: fault<{ title: string; reasons: string }>(
    ({ title, reasons }) => `${title} would be left alone: ${reasons}.`,
    "Update hyperframes-native, or use a HyperFrames version it knows; renders by this one are upstream's own.",
  ),
  PACKAGE_WITHOUT_FUNCTION: warning<{ title: string }>(
    ({ title }) => `${title} does not hold createVideoFrameInjector.`,
    "Nothing to do where it renders by another of the packages; else update it.",
  ),
  CLIP_LEFT_ALONE: warning<{ title: string }>(
    ({ title }) => `${title} keeps the clip of its screenshots: its text is of a shape that is not known.`,
    "BeginFrame capture does not mind; screenshots decode no frame ahead. Update hyperframes-native.",
  ),
  COMMAND_NOT_LOADED: fault<{ typed: string; command: readonly string[] }>(
    ({ typed }) =>
      `${typed} loads a HyperFrames that is not on this machine yet, so nothing can be said of it.`,
    ({ command }) =>
      `Have it fetched: ${command.map((word) => (word === "render" ? "--version" : word)).join(" ")}`,
  ),
  COMMAND_WITHOUT_HYPERFRAMES: fault<{ typed: string }>(
    ({ typed }) => `${typed} ends without having loaded HyperFrames.`,
    "Give doctor the command that renders: `npx hyperframes-native doctor -- <command>`.",
  ),
  NO_PACKAGE: fault<{ folders: readonly string[] }>(
    ({ folders }) => `No HyperFrames package is found from ${folders.join(" or ")}.`,
    "Install it in the project (npm install hyperframes), or say what renders: `npx hyperframes-native doctor <project> -- <command>`.",
  ),
  NO_PACKAGE_SWAPPED: fault(
    "None of the packages holds createVideoFrameInjector: there is nothing to swap.",
    "Update HyperFrames; versions from 0.6.121 on are known.",
  ),

  CHROME_STARTS: ok<FoundChrome & { version: string }>(
    ({ version, from }) => `${version} (from ${from})`,
    ({ version, path, from }) => `${version} starts (${path}, from ${from}).`,
  ),
  CHROME_PATH_WRONG: fault<FoundChrome>(
    ({ from, path }) => `${from}=${path} does not exist.`,
    ({ from }) =>
      `Set ${from} to a Chrome that exists, or unset it and run \`npx hyperframes browser ensure\`.`,
  ),
  CHROME_DOES_NOT_START: fault<FoundChrome & { isConfigured: boolean; reason: string }>(
    ({ path, from, isConfigured, reason }) =>
      `${isConfigured ? `${from}=${path}` : `${path} (from ${from})`} does not start: ${reason}`,
    ({ from, isConfigured }) =>
      isConfigured
        ? `Set ${from} to a Chrome for this machine, or install what the reason names.`
        : "Install what the reason names, or run `npx hyperframes browser ensure --force`.",
  ),
  CHROME_MISSING: fault(
    "There is no Chrome where HyperFrames looks.",
    "Run `npx hyperframes browser ensure`, or set PRODUCER_HEADLESS_SHELL_PATH to a headless shell.",
  ),
  CHROME_OUT_OF_SIGHT: warning<FoundChrome & { version: string }>(
    ({ version, path, from }) =>
      `${version} starts (${path}, from ${from}). HyperFrames does not look there and would bring its own.`,
    ({ path }) => `Set PRODUCER_HEADLESS_SHELL_PATH=${path} to render with it.`,
  ),
  CHROME_NOT_TRIED: warning<FoundChrome>(
    ({ path, from }) => `${path} (from ${from}) was not started: no HyperFrames package brings a puppeteer.`,
    "Install HyperFrames in the project first.",
  ),

  PAGE_TRANSPORT: ok<SeenPage>(
    ({ transport, wish }) => `frames go ${transport === "file" ? "as files" : transport}${wish}`,
    takes,
    ({ asked }) =>
      asked === "auto" || asked === "file"
        ? "Nothing to do: it is the fastest way."
        : "Unset HYPERFRAMES_NATIVE_TRANSPORT to have the fastest way found.",
  ),
  PAGE_POLICY: warning<SeenPage & { refusal: string; policyAdvice: string }>(
    (page) => `${takes(page)}${page.refusal}${page.notTaken}`,
    ({ policyAdvice }) => policyAdvice,
  ),
  PAGE_TRANSPORT_REJECTED: warning<SeenPage>(
    (page) => `${takes(page)}${page.notTaken}`,
    "The render works, at upstream's speed; let Chrome run on this machine, with this machine's files.",
  ),
  PAGE_SHOWS_NO_FRAME: fault<SeenPage & { blank: string; refusal: string; policyAdvice: string | undefined }>(
    ({ name, blank, refusal, notTaken }) =>
      `${name} shows no frame at all, not even upstream's data URI (${blank}).${refusal}${notTaken}`,
    ({ policyAdvice }) =>
      policyAdvice ??
      "See what the page does to images; renders of it show no video, with or without the drop-in.",
  ),
  PAGE_WITHOUT_VIDEO: warning(
    "There is no <video> on the page: the drop-in has nothing to do.",
    "Nothing, unless a script of the page adds one.",
  ),
  PAGE_MISSING: warning<{ file: string }>(
    ({ file }) => `${file} does not exist: an empty page was tried instead.`,
    "Give doctor the project's folder: `npx hyperframes-native doctor <project>`.",
  ),
  PAGE_DOES_NOT_LOAD: warning<{ name: string; reason: string }>(
    ({ name, reason }) => `${name} could not be tried: ${reason}.`,
    "See whether the page loads in a browser; scripts from elsewhere are not loaded here.",
  ),
  PAGE_NOT_TRIED: warning<{ reason: string }>(
    ({ reason }) => `The page was not tried: ${reason}.`,
    "Do what the other findings say, and call doctor again.",
  ),

  FFMPEG_STARTS: ok<{ program: string; version: string }>(
    ({ version }) => /^ffmpeg version \S+/.exec(version)?.[0] ?? version,
    ({ program, version }) => `${version} (${program === "ffmpeg" ? "on the PATH" : program}).`,
  ),
  FFMPEG_MISSING: fault<{ configured: string | undefined }>(
    ({ configured }) =>
      configured === undefined
        ? "There is no ffmpeg on the PATH, nor where HyperFrames looks besides."
        : `HYPERFRAMES_FFMPEG_PATH=${configured} does not exist.`,
    ({ configured }) =>
      configured === undefined
        ? "Install ffmpeg, or set HYPERFRAMES_FFMPEG_PATH to it; no render works without it."
        : "Set HYPERFRAMES_FFMPEG_PATH to an ffmpeg that exists, or unset it; no render works without it.",
  ),
  FFMPEG_BROKEN: fault<{ program: string; reason: string }>(
    ({ program, reason }) => `${program} -version fails: ${reason}.`,
    "Install ffmpeg anew, or set HYPERFRAMES_FFMPEG_PATH to one that works; no render works without it.",
  ),

  MEMORY_ENOUGH: ok<MemorySizes>(
    ({ total, allowed, free }) => `${allowed === null ? total : `${allowed} (cgroup)`}, ${free} free`,
    budgets,
  ),
  MEMORY_SMALL: warning<MemorySizes>(
    budgets,
    ({ allowed }) =>
      `Give the ${allowed === null ? "machine" : "container"} 4 GiB or more, or render with one worker.`,
  ),

  // Any of the checks.
  CHECK_FAILED: fault<{ reason: string }>(
    ({ reason }) => `This could not be looked at: ${reason}.`,
    "Please report it with the output of `npx hyperframes-native doctor --json`.",
  ),
};

/** A finding of the table: its texts with the facts in them, and what machines are told. */
export function finding<Code extends FindingCode>(
  code: Code,
  facts: (typeof FINDINGS)[Code] extends Row<infer Facts> ? Facts : never,
  details?: object,
): Finding {
  const { status, brief, found, advice } = FINDINGS[code] as Row<typeof facts>;
  const say = (text: Text<typeof facts>) => (typeof text === "function" ? text(facts) : text);
  return {
    code,
    status,
    ...(brief !== undefined && { brief: say(brief) }),
    found: say(found),
    advice: say(advice),
    ...(details !== undefined && { details }),
  };
}

/** The first line of what was thrown. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split("\n", 1)[0] ?? "";
}

/** What is known of a binary that is not there, or that does not load. */
interface AbsentBinary {
  /** Platform, architecture and libc, in words. */
  readonly platform: string;
  /** The same, as napi-rs names it. */
  readonly name: string;
  readonly package: string;
  /** `NAPI_RS_NATIVE_LIBRARY_PATH`. */
  readonly override: string | undefined;
}

function namedFile({ override }: AbsentBinary): string {
  return override === undefined ? "" : ` NAPI_RS_NATIVE_LIBRARY_PATH=${override} names another file.`;
}

interface FoundChrome {
  readonly path: string;
  /** The variable that names it, or where it was found. */
  readonly from: string;
}

/** What a page made of a frame. */
interface SeenPage {
  readonly name: string;
  readonly transport: TransportName;
  readonly asked: TransportChoice;
  /** What the environment asks for, after a space; empty where it asks for nothing. */
  readonly wish: string;
  readonly leastStepBytes: number;
  /** Why faster transports were not taken, a sentence after a space; empty where none was tried. */
  readonly notTaken: string;
}

function takes({ name, transport, wish, leastStepBytes }: SeenPage): string {
  const small =
    leastStepBytes > 0 ? `; steps of less than ${leastStepBytes / 1024} KiB go inline on any page` : "";
  return `${name} takes its frames as ${transport}${wish}${small}.`;
}

/** Sizes in words. */
interface MemorySizes {
  readonly total: string;
  /** The cgroup's limit; `null` where there is none below what the machine has. */
  readonly allowed: string | null;
  readonly free: string;
  readonly cache: string;
  readonly decoded: string;
}

function budgets({ total, allowed, free, cache, decoded }: MemorySizes): string {
  return (
    `${total} in the machine, ${allowed === null ? "no cgroup limit below it" : `${allowed} of it allowed (cgroup)`}, ` +
    `${free} free: up to ${cache} for inline frames where the render's options give no bound, ` +
    `and ${decoded} for decoded pictures in Chrome.`
  );
}
