import { type Edit, edited } from "./edit.js";
import { holds, staticImports } from "./statements.js";
import { SWAP_KEY } from "./swap-keys.js";
import { hidesUsedGlobal } from "./used-globals.js";

export { SWAP_KEY } from "./swap-keys.js";

/** Why a text stays as it is. */
export type Unswapped =
  /** The text has nothing to do with the function. */
  | { readonly kind: "absent" }
  /** The text defines the function in a way that is not known; it must be left alone. */
  | { readonly kind: "untouched"; readonly reason: string };

/** What became of one source text. */
export type SwapResult = Unswapped | { readonly kind: "swapped"; readonly source: string };

/** What a text whose statements are not whole, or not where they seem to be, is left alone for. */
export const NOT_WHOLE: Unswapped = {
  kind: "untouched",
  reason:
    "the text around createVideoFrameInjector is not whole, or createVideoFrameInjector is only part of something else",
};

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

/** Names that swapped code uses; a parameter or a variable of the module that takes one of them would be used instead. */
const USED_NAMES: ReadonlySet<string> = new Set([
  "globalThis",
  "Symbol",
  NAME,
  UPSTREAM_NAME,
  REDRAW,
  ...PAGE_FUNCTIONS,
]);

/** The text with {@link injectorEdit} made, or why it stays as it is. */
export function swapInjector(source: string): SwapResult {
  const edit = injectorEdit(source);
  if ("kind" in edit) return edit;
  return holds(source, [edit]) ? { kind: "swapped", source: edited(source, [edit]) } : NOT_WHOLE;
}

/**
 * What puts a call of the native injector before upstream's function, which stays in the text under another name. Only the
 * first line of the function changes, so line numbers and source maps hold. There is none for anything but one clean match.
 */
export function injectorEdit(source: string): Edit | Unswapped {
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
  const [text, lineStart = "", exported = "", lookup = "", config = ""] = match;
  if (USED_NAMES.has(lookup) || USED_NAMES.has(config) || lookup === config || hidesUsedGlobal(source))
    return { kind: "untouched", reason: `a name that the swap needs means something else beside ${NAME}` };

  const end = source.indexOf("\n}", match.index);
  const body = source.slice(match.index, end < 0 ? undefined : end);
  const functions = body.includes(`await ${REDRAW}(`) ? [...PAGE_FUNCTIONS, REDRAW] : PAGE_FUNCTIONS;
  const definitions = functions.map((name) => definitionOf(source, name));
  const missing = functions.filter((name, n) => definitions[n] === undefined && !isImported(source, name));
  if (missing.length > 0)
    return { kind: "untouched", reason: `${missing.join(" and ")} not found beside ${NAME}` };
  const strange = whatIsStrange(body);
  if (strange !== undefined) return { kind: "untouched", reason: strange };

  const wrapper =
    `${lineStart}${exported}function ${NAME}(${lookup}, ${config}) { ` +
    `return (globalThis[Symbol.for(${JSON.stringify(SWAP_KEY)})] ?? ((upstream, functions, ...call) => upstream(...call)))` +
    `(${UPSTREAM_NAME}, { ${functions.join(", ")} }, ${lookup}, ${config}); } ` +
    `function ${UPSTREAM_NAME}(${lookup}, ${config}) {`;
  return {
    statements: [match.index + lineStart.length, ...definitions.filter((at) => at !== undefined)],
    start: match.index,
    end: match.index + text.length,
    text: wrapper,
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

/** Where the text defines a function of the module, at the start of a line. */
function definitionOf(source: string, name: string): number | undefined {
  // The text may begin with a byte order mark, as one character or as three.
  const definition = new RegExp(
    `(^(?:\\uFEFF|\\xEF\\xBB\\xBF)?|\\n)(?:export )?(?:async )?function ${name}\\(`,
  );
  const found = definition.exec(source);
  return found === null ? undefined : found.index + (found[1] ?? "").length;
}

/** Whether the module imports something under that very name. */
function isImported(source: string, name: string): boolean {
  const imported = new RegExp(`^import\\s*\\{(?:[^}]*[\\s,])?${name}\\s*(?:,[^}]*)?\\}`);
  return source.includes("import") && staticImports(source).some((statement) => imported.test(statement));
}
