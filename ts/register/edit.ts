/** One change of a text, and what has to hold for it. */
export interface Edit {
  /** Where statements of the module have to start. */
  readonly statements: readonly number[];
  /** What is replaced. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with the edits made; none of them touches another. */
export function edited(source: string, edits: readonly Edit[]): string {
  // From the end on, so that what is before keeps its place.
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), source);
}
