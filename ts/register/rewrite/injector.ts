import { SWAP_KEY } from "../../upstream.js";
import { type Edit, hidesUsedGlobal } from "./statements.js";

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

/**
 * Puts a call of the native injector before upstream's function, which stays in the text under another name, its parameters and its
 * body as they are. Only the first line of the function changes, so line numbers and source maps hold.
 *
 * @returns `undefined` for a text that has nothing to do with the function; why the text must be left alone, for anything but one clean
 * match.
 */
export function injectorEdit(source: string): Edit | string | undefined {
  const any = source.includes(NAME) ? source.match(ANY_DEFINITION) : null;
  if (any === null) return undefined;
  const clean = Array.from(source.matchAll(DEFINITION));
  const [match] = clean;
  if (match === undefined) return `${NAME} is defined in a shape that is not known`;
  if (clean.length > 1 || any.length > 1) return `${NAME} is defined more than once`;
  if (source.includes(UPSTREAM_NAME)) return `${NAME} is swapped already`;
  const [text, lineStart = "", exported = "", parameters, arrowParameters] = match;
  if (!PARAMETERS.test(parameters ?? arrowParameters ?? ""))
    return `${NAME} does not take a table and a configuration`;
  if (hidesUsedGlobal(source)) return `a name that the swap needs means something else beside ${NAME}`;
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
