import { CLIP_KEY } from "../../upstream.js";
import { type Edit, hidesUsedGlobal, statementsStartAt } from "./statements.js";

/** The head of upstream's screenshot function, up to the first closing brace at the start of a line. */
const FUNCTION =
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
  const functions = Array.from(source.matchAll(FUNCTION));
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
