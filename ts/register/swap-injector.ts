/** What became of one source text. */
export type SwapResult =
  /** The text has nothing to do with the function. */
  | { readonly kind: "absent" }
  | { readonly kind: "swapped"; readonly source: string }
  /** The text defines the function in a way that is not known; it must be left alone. */
  | { readonly kind: "untouched"; readonly reason: string };

/** Key on `globalThis` under which swapped code finds {@link InjectorSwap}. */
export const SWAP_KEY = "hyperframes-native.createVideoFrameInjector";

/** Name that upstream's function has in swapped code, where it stays callable. */
const UPSTREAM_NAME = "__hyperframesNativeUpstream_createVideoFrameInjector";

const NAME = "createVideoFrameInjector";
const PAGE_FUNCTIONS = ["injectVideoFramesBatch", "syncVideoFrameVisibility"] as const;

/** Called at the end of every call by versions from 0.6.121 to 0.7.48; later ones do it within `injectVideoFramesBatch`. */
const REDRAW = "redrawRuntimeColorGrading";

/**
 * The one shape of the definition. It matched exactly once in each of the 33 published files from 0.6.121 to 0.8.170
 * that hold the function.
 */
const DEFINITION =
  /(^(?:\uFEFF|\xEF\xBB\xBF)?|\n)(export )?function createVideoFrameInjector\(([\w$]+), ([\w$]+)\) \{/g;

/**
 * The rule for unchanged frames that the native hook follows: they are not injected again. A version that dropped the
 * rule draws other pictures, and must be left alone. Only the function's own text is looked at.
 */
const SKIPS_UNCHANGED = /===\s*[\w$]+\.frameIndex\s*\)\s*\{?\s*continue;/;

/**
 * A frame counts as shown only where `injectVideoFramesBatch` says so. Before 0.6.70 it said nothing: those versions call a
 * frame under a hidden host shown.
 */
const HEEDS_INJECTED = /new Set\(\s*await injectVideoFramesBatch\(/;

/** Whatever the function waits for, to the name's end. */
const AWAITED = /\bawait\s+([\w$.]+)\(/g;

/** What it may wait for: reads, its page functions, and one evaluation in which GPU adapters draw again. */
const KNOWN_AWAITED: ReadonlySet<string> = new Set([
  "Promise.all",
  "page.evaluate",
  REDRAW,
  ...PAGE_FUNCTIONS,
]);

/** Any other way to define it; a text with one of these and no clean match is told to the user. */
const ANY_DEFINITION = /(?:function\s*\*?\s*createVideoFrameInjector\b|\bcreateVideoFrameInjector\s*=[^=>])/g;

/**
 * Puts a call of the native injector before upstream's function, which stays in the text under another name. Only the
 * first line of the function changes, so line numbers and source maps hold. Anything but one clean match leaves the
 * text as it is.
 */
export function swapInjector(source: string): SwapResult {
  if (!source.includes(NAME)) return { kind: "absent" };
  const any = source.match(ANY_DEFINITION) ?? [];
  if (any.length === 0) return { kind: "absent" };
  const clean = Array.from(source.matchAll(DEFINITION));
  const [match] = clean;
  if (match === undefined)
    return { kind: "untouched", reason: `${NAME} is defined in a shape that is not known` };
  if (clean.length > 1 || any.length > 1)
    return { kind: "untouched", reason: `${NAME} is defined more than once` };
  if (source.includes(UPSTREAM_NAME)) return { kind: "untouched", reason: `${NAME} is swapped already` };
  const end = source.indexOf("\n}", match.index);
  const body = source.slice(match.index, end < 0 ? undefined : end);
  const functions = body.includes(`await ${REDRAW}(`) ? [...PAGE_FUNCTIONS, REDRAW] : PAGE_FUNCTIONS;
  const missing = functions.filter((name) => !isInScope(source, name));
  if (missing.length > 0)
    return { kind: "untouched", reason: `${missing.join(" and ")} not found beside ${NAME}` };
  const strange = whatIsStrange(body);
  if (strange !== undefined) return { kind: "untouched", reason: strange };

  const [text, lineStart = "", exported = "", lookup = "", config = ""] = match;
  const wrapper =
    `${lineStart}${exported}function ${NAME}(${lookup}, ${config}) { ` +
    `const swap = globalThis[Symbol.for(${JSON.stringify(SWAP_KEY)})]; ` +
    `return swap ? swap(${UPSTREAM_NAME}, { ${functions.join(", ")} }, ${lookup}, ${config}) ` +
    `: ${UPSTREAM_NAME}(${lookup}, ${config}); } ` +
    `function ${UPSTREAM_NAME}(${lookup}, ${config}) {`;
  return {
    kind: "swapped",
    source: source.slice(0, match.index) + wrapper + source.slice(match.index + text.length),
  };
}

/** What the function's text does otherwise than the native hook; `undefined` where nothing is known of. */
function whatIsStrange(body: string): string | undefined {
  if (!SKIPS_UNCHANGED.test(body)) return `the rule of ${NAME} for unchanged frames is not known`;
  if (!HEEDS_INJECTED.test(body)) return `${NAME} does not heed which frames the page has shown`;
  const awaited = Array.from(body.matchAll(AWAITED), ([, name = ""]) => name);
  const unknown = awaited.filter((name) => !KNOWN_AWAITED.has(name));
  if (unknown.length > 0) return `${NAME} waits for ${unknown.join(" and ")}, which is not known`;
  const evaluations = body.split("page.evaluate(").length - 1;
  if (evaluations > 1 || (evaluations === 1 && !body.includes("__hfReseekGpu")))
    return `what ${NAME} does in the page by itself is not known`;
  return undefined;
}

/** The start of a line; the text may begin with a byte order mark, as one character or as three. */
const LINE_START = "(?:^(?:\\uFEFF|\\xEF\\xBB\\xBF)?|\\n)";

/** Whether a top-level name is defined in or imported by the text, under that very name. */
function isInScope(source: string, name: string): boolean {
  const defined = new RegExp(`${LINE_START}(?:export )?(?:async )?function ${name}\\(`);
  const imported = new RegExp(`${LINE_START}import \\{(?:[^}]*[\\s,])?${name}\\s*(?:,[^}]*)?\\} from `);
  return defined.test(source) || imported.test(source);
}
