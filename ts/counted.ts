/** How many of it, for a sentence in English: `1 frame`, `3 frames`. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
