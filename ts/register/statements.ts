/** Where the statements of a module start, as a lexer tells it, and the edits of its text. */
import { init, parse } from "es-module-lexer/minimal";

// Compiles the lexer, once; `parse` answers at once from then on. Without WebAssembly (`--jitless`) it is this that throws.
await init;
parse("");

/** One change of a text, and what has to hold for it. */
export interface Edit {
  /** Where statements of the module have to start. */
  readonly statements: readonly number[];
  /** The part that is replaced. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Text that is lexed in one go. The lexer keeps twice its memory for the rest of the process. */
const CHUNK = 512 * 1024;

/** Furthest that the end of the statement before is looked for: a long comment. */
const LONGEST_COMMENT = 32 * 1024;

/** Nothing but white space and comments. */
const BLANK = /^(?:\s|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*$/;

/** A head that may stand before the first statement; the byte order mark is one character or three. */
const HEAD = /^(?:\uFEFF|\xEF\xBB\xBF)?(?:#![^\n]*)?/;

/** A line break that the lexer does not know; as one character or as its three bytes. */
const RARE_LINE_BREAK = /[\u2028\u2029]|\xE2\x80[\xA8\xA9]/;

/**
 * Whether statements of the module itself start at all these positions, and the text is whole from there to its end: no position is in
 * a comment, a string, a template, another function or the middle of an expression. This tells where statements start and end; it does
 * not judge what is in them.
 */
export function statementsStartAt(source: string, positions: readonly number[]): boolean {
  if (RARE_LINE_BREAK.test(source)) return false;
  let from = 0;
  for (const position of positions.toSorted((a, b) => a - b)) {
    const end = endsBefore(source, position).find((end) => end === from || isWhole(source, from, end));
    if (end === undefined) return false;
    from = end;
  }
  return isWhole(source, from, source.length);
}

/** Where the statement before a position may end, nearest first: only white space and comments are between. */
function endsBefore(source: string, position: number): number[] {
  const ends: number[] = [];
  const least = Math.max(0, position - LONGEST_COMMENT);
  for (let at = position; at > least; at--) {
    const last = source[at - 1];
    if ((last === ";" || last === "}") && BLANK.test(source.slice(at, position))) ends.push(at);
  }
  if (least === 0 && BLANK.test(source.slice(0, position).replace(HEAD, ""))) ends.push(0);
  return ends;
}

/** Whether this part is whole statements, its end in code and not in a comment. */
function isWhole(source: string, from: number, to: number): boolean {
  for (let start = from; ; ) {
    let end = start;
    for (let length = CHUNK; ; length *= 2) {
      end = lineEndAfter(source, start + length, to);
      const chunk = source.slice(start, end);
      // A part may end in a comment to the end of the line; then a bracket after it would not be one too many.
      const isOpen = end === to && to < source.length && lexes(`${chunk}(`);
      if (!isOpen && lexes(chunk)) break;
      if (end === to) return false;
    }
    if (end === to) return true;
    start = end;
  }
}

/** The end of the next line that closes something at its start, which is nearly always the end of a statement. */
function lineEndAfter(source: string, position: number, to: number): number {
  const closing = /\n\}[);]*\r?\n/g;
  closing.lastIndex = position;
  const found = position < to ? closing.exec(source) : null;
  return found === null ? to : Math.min(to, found.index + found[0].length);
}

function lexes(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The text with the edits made; none of them touches another. */
export function edited(source: string, edits: readonly Edit[]): string {
  // From the end on, so that what is before keeps its place.
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), source);
}

const HIDES =
  /(?:^|\n)(?:export )?(?:var|let|const|(?:async )?function\*?|class|import) (?:globalThis|Symbol)\b/;

/** Whether a module has a variable of its own by the name of a global that swapped code uses, as far as lines that start with it tell. */
export function hidesUsedGlobal(source: string): boolean {
  return HIDES.test(source);
}
