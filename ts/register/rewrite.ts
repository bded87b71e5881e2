/**
 * The change of upstream's text: a call of the native injector is put before upstream's function, and a question before the clip of a
 * screenshot. Whatever is not matched cleanly stays as it is.
 */
import type { SwapRecord } from "../telemetry/process-report.js";
import { CLIP_KEY, SWAP_KEY } from "../upstream.js";
import { type Edit, edited, hidesUsedGlobal, statementsStartAt } from "./statements.js";
import type { UpstreamPackage } from "./upstream-package.js";

const ENTRIES_WITH_THE_FUNCTION =
  /\/(?:@hyperframes\/)?producer\/dist\/(?:index|distributed|public-server)\.js$|\/videoFrameInjector\.js$/;

const FUNCTIONS = ["createVideoFrameInjector", "pageScreenshotCapture"];

/** In the text of every module that puts frames into a page, whatever its functions are called. */
const FRAME_MARK = "__render_frame__";

const NOT_WHOLE =
  "the text around createVideoFrameInjector is not whole, or createVideoFrameInjector is only part of something else";

/** A module of one of upstream's packages. */
export interface UpstreamModule {
  readonly upstream: Pick<UpstreamPackage, "name" | "version">;
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
  // The function may be swapped and the clip stay, never the other way round. Lexing megabytes takes a tenth of a second, so it is done for
  // all edits at once.
  const edits = [wanted, wanted.slice(0, 1)].find(
    (edits) =>
      edits.length > 0 &&
      statementsStartAt(
        text,
        edits.flatMap(({ statements }) => statements),
      ),
  );
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

function bytesOf(source: UpstreamModule["source"]): Buffer {
  if (typeof source === "string") return Buffer.from(source);
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}

/** Name that upstream's function has in swapped code, where it stays callable. */
const UPSTREAM_NAME = "__hyperframesNativeUpstream_createVideoFrameInjector";

const INJECTOR = "createVideoFrameInjector";

/**
 * The definition: the function under its name, with a table, a configuration and whatever may come to be after them. It matched
 * exactly once in each of the 33 published files from 0.6.121 to 0.8.170 that hold the function.
 */
const DEFINITION = new RegExp(
  String.raw`(^(?:\uFEFF|\xEF\xBB\xBF)?|\n)(export )?(?:function ${INJECTOR}(?=(\([^()]*\)) \{)|(?:const|let|var) ${INJECTOR} = (?=(\([^()]*\)) => \{))`,
  "g",
);

/** A table, a configuration in whatever form, and more. */
const PARAMETERS = /^\(\s*[\w$]+\s*,[^()]+\)$/;

/** Any other way to define it; a text with one of these and no clean match is told to the user. */
const ANY_DEFINITION = /(?:function\s*\*?\s*createVideoFrameInjector\b|\bcreateVideoFrameInjector\s*=[^=>])/g;

/**
 * Puts a call of the native injector before upstream's function, which stays in the text under another name, its parameters and its
 * body as they are. Only the first line of the function changes, so line numbers and source maps hold.
 *
 * @returns `undefined` for a text that has nothing to do with the function; why the text must be left alone, for anything but one clean
 * match.
 */
export function injectorEdit(source: string): Edit | string | undefined {
  const any = source.includes(INJECTOR) ? source.match(ANY_DEFINITION) : null;
  if (any === null) return undefined;
  const clean = Array.from(source.matchAll(DEFINITION));
  const [match] = clean;
  if (match === undefined) return `${INJECTOR} is defined in a shape that is not known`;
  if (clean.length > 1 || any.length > 1) return `${INJECTOR} is defined more than once`;
  if (source.includes(UPSTREAM_NAME)) return `${INJECTOR} is swapped already`;
  const [text, lineStart = "", exported = "", parameters, arrowParameters] = match;
  if (!PARAMETERS.test(parameters ?? arrowParameters ?? ""))
    return `${INJECTOR} does not take a table and a configuration`;
  if (hidesUsedGlobal(source)) return `a name that the swap needs means something else beside ${INJECTOR}`;
  const wrapper =
    `${lineStart}${exported}function ${INJECTOR}(...call) { ` +
    `return (globalThis[Symbol.for(${JSON.stringify(SWAP_KEY)})] ?? ((upstream, ...call) => upstream(...call)))` +
    `(${UPSTREAM_NAME}, ...call); } ` +
    (parameters === undefined ? `const ${UPSTREAM_NAME} = ` : `function ${UPSTREAM_NAME}`);
  return {
    statements: [match.index + lineStart.length],
    start: match.index,
    end: match.index + text.length,
    text: wrapper,
  };
}

/** The head of upstream's screenshot function, up to the first closing brace at the start of a line. */
const SCREENSHOT_FUNCTION =
  /(^(?:\uFEFF|\xEF\xBB\xBF)?|\n)((?:export )?async function pageScreenshotCapture\(([\w$]+), ([\w$]+)\) \{)([\s\S]*?\n)\}/g;

/** Names that swapped code uses. */
const USED_NAMES: ReadonlySet<string> = new Set(["globalThis", "Symbol", "clip"]);

/** The one use of the clip that is known, last in what the screenshot is asked with; and every place that names it. */
const KNOWN_USE = /[{,]\s*clip,?\s*\}/g;
const ANY_USE = /(?<![\w$])clip(?![\w$])/g;
const COMMENTS = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** The clip in it: the whole capture at the device's scale. */
const CLIP = /const clip = (\{ x: 0, y: 0, width: ([\w$]+)\.width, height: \2\.height, scale: [\w$]+ \});/g;

/**
 * The decision relies on this: captures go beyond the viewport only where the options say so. Up to 0.6.121 they always do, and
 * without the clip a page that is larger than its viewport would make a larger picture.
 */
const BEYOND = /captureBeyondViewport: ([\w$]+)\.captureBeyondViewport \?\? false,/g;

/**
 * Lets {@link CLIP_KEY} decide about the clip of a screenshot; `undefined` for anything but one clean match: then the clip stays, which
 * costs time and never a pixel.
 */
export function clipEdit(source: string): Edit | undefined {
  const functions = Array.from(source.matchAll(SCREENSHOT_FUNCTION));
  const [found] = functions;
  if (found === undefined || functions.length > 1) return undefined;
  const [, lineStart = "", head = "", page = "", options = "", body = ""] = found;
  const clips = Array.from(body.matchAll(CLIP));
  const [clip] = clips;
  if (clip === undefined || clips.length > 1 || clip[2] !== options) return undefined;
  const rest = body.replace(clip[0], "").replaceAll(COMMENTS, "");
  if (rest.match(KNOWN_USE)?.length !== 1 || rest.match(ANY_USE)?.length !== 1) return undefined;
  const beyond = Array.from(body.matchAll(BEYOND), ([, from]) => from);
  if (beyond.length !== 1 || beyond[0] !== options) return undefined;
  if ([page, options].some((name) => USED_NAMES.has(name)) || hidesUsedGlobal(source)) return undefined;
  if (!statementsStartAt(body, [clip.index])) return undefined;
  const statement = found.index + lineStart.length;
  const start = statement + head.length + clip.index;
  const text =
    `const clip = await (globalThis[Symbol.for(${JSON.stringify(CLIP_KEY)})] ?? ((page, options, clip) => clip))` +
    `(${page}, ${options}, ${clip[1]});`;
  return { statements: [statement], start, end: start + clip[0].length, text };
}
