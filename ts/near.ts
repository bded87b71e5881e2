/**
 * Which of the words is meant, if one is nearly written like this: a letter is missing, too many, wrong or swapped with its neighbour, in
 * words of six letters and more two.
 */
export function nearest(written: string, words: Iterable<string>): string | undefined {
  const allowed = Math.min(2, Math.floor(written.length / 3));
  let [best, least]: [string | undefined, number] = [undefined, allowed + 1];
  for (const word of words) {
    const distance = lettersApart(written, word);
    if (distance < least) [best, least] = [word, distance];
  }
  return best;
}

/** Damerau's distance of two short texts, each letter moved once (optimal string alignment). */
function lettersApart(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= a.length; row++) {
    rows.push([row]);
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + same,
          ...(swapped ? [at(row - 2, column - 2) + 1] : []),
        ),
      );
    }
  }
  return at(a.length, b.length);
}
