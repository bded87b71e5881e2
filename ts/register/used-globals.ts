const HIDES =
  /(?:^|\n)(?:export )?(?:var|let|const|(?:async )?function\*?|class|import) (?:globalThis|Symbol)\b/;

/** Whether a module has a variable of its own by the name of a global that swapped code uses, as far as lines that start with it tell. */
export function hidesUsedGlobal(source: string): boolean {
  return HIDES.test(source);
}
