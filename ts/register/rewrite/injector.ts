import { SWAP_KEY } from "../../upstream.js";
import { type Edit, edited, hidesUsedGlobal, holds } from "./statements.js";

export { SWAP_KEY } from "../../upstream.js";

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

/**
 * The definition: the function under its name, with a table, a configuration and whatever may come to be after them. It matched
 * exactly once in each of the 33 published files from 0.6.121 to 0.8.170 that hold the function.
 */
const DEFINITION = new RegExp(
  String.raw`(^(?:\uFEFF|\xEF\xBB\xBF)?|\n)(export )?(?:function ${NAME}(?=(\([^()]*\)) \{)|(?:const|let|var) ${NAME} = (?=(\([^()]*\)) => \{))`,
  "g",
);

/** A table, a configuration in whatever form, and more. */
const PARAMETERS = /^\(\s*[\w$]+\s*,[^()]+\)$/;

/** Any other way to define it; a text with one of these and no clean match is told to the user. */
const ANY_DEFINITION = /(?:function\s*\*?\s*createVideoFrameInjector\b|\bcreateVideoFrameInjector\s*=[^=>])/g;

/** The text with {@link injectorEdit} made, or why it stays as it is. */
export function swapInjector(source: string): SwapResult {
  const edit = injectorEdit(source);
  if ("kind" in edit) return edit;
  return holds(source, [edit]) ? { kind: "swapped", source: edited(source, [edit]) } : NOT_WHOLE;
}

/**
 * What puts a call of the native injector before upstream's function, which stays in the text under another name, its parameters and its
 * body as they are. Only the first line of the function changes, so line numbers and source maps hold. There is none for anything but
 * one clean match.
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
  const [text, lineStart = "", exported = "", parameters, arrowParameters] = match;
  if (!PARAMETERS.test(parameters ?? arrowParameters ?? ""))
    return { kind: "untouched", reason: `${NAME} does not take a table and a configuration` };
  if (hidesUsedGlobal(source))
    return { kind: "untouched", reason: `a name that the swap needs means something else beside ${NAME}` };
  const wrapper =
    `${lineStart}${exported}function ${NAME}(...call) { ` +
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
