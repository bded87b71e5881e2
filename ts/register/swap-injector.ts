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
  const missing = PAGE_FUNCTIONS.filter((name) => !isInScope(source, name));
  if (missing.length > 0)
    return { kind: "untouched", reason: `${missing.join(" and ")} not found beside ${NAME}` };

  const end = source.indexOf("\n}", match.index);
  if (!SKIPS_UNCHANGED.test(source.slice(match.index, end < 0 ? undefined : end))) {
    return { kind: "untouched", reason: `the rule of ${NAME} for unchanged frames is not known` };
  }

  const [text, lineStart = "", exported = "", lookup = "", config = ""] = match;
  const wrapper =
    `${lineStart}${exported}function ${NAME}(${lookup}, ${config}) { ` +
    `const swap = globalThis[Symbol.for(${JSON.stringify(SWAP_KEY)})]; ` +
    `return swap ? swap(${UPSTREAM_NAME}, { ${PAGE_FUNCTIONS.join(", ")} }, ${lookup}, ${config}) ` +
    `: ${UPSTREAM_NAME}(${lookup}, ${config}); } ` +
    `function ${UPSTREAM_NAME}(${lookup}, ${config}) {`;
  return {
    kind: "swapped",
    source: source.slice(0, match.index) + wrapper + source.slice(match.index + text.length),
  };
}

/** The start of a line; the text may begin with a byte order mark, as one character or as three. */
const LINE_START = "(?:^(?:\\uFEFF|\\xEF\\xBB\\xBF)?|\\n)";

/** Whether a top-level name is defined in or imported by the text, under that very name. */
function isInScope(source: string, name: string): boolean {
  const defined = new RegExp(`${LINE_START}(?:export )?(?:async )?function ${name}\\(`);
  const imported = new RegExp(`${LINE_START}import \\{(?:[^}]*[\\s,])?${name}\\s*(?:,[^}]*)?\\} from `);
  return defined.test(source) || imported.test(source);
}
