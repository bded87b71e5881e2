import type { Around } from "./measures.js";

/** What a number counts; times of a whole render are given in seconds, all others in milliseconds. */
export type Unit = "ms" | "s" | "bytes";

/** Three digits that count, and all digits before the point. */
export const NUMBER_FORMAT = {
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
  minimumFractionDigits: 0,
  maximumFractionDigits: 0,
  roundingPriority: "morePrecision",
} as const;

const NUMBERS = new Intl.NumberFormat("en-US", NUMBER_FORMAT);

const BYTE_SIZES = [
  ["GB", 1e9],
  ["MB", 1e6],
  ["kB", 1e3],
] as const;

/** `1,023 ms`, `27.4 s`, `292 MB`. */
export function quantity(value: number, unit: Unit): string {
  const [name, size] = scale(value, unit);
  return `${plain(value / size, name)} ${name}`;
}

/** `990–1,101`, in the unit that the middle is written in; `null` where it would say one number twice. */
export function range({ min, middle, max }: Around, unit: Unit): string | null {
  const [name, size] = scale(middle, unit);
  const [low, high] = [plain(min / size, name), plain(max / size, name)];
  return low === high ? null : `${low}–${high}`;
}

/** More digits where two ratios would otherwise look alike: `1.04`, `6.3`, `33`. */
export function ratioText(ratio: number): string {
  const digits = ratio < 2 ? 2 : ratio < 9.95 ? 1 : 0;
  return ratio.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** How many of it: `one pair`, `3 pairs`. */
export function count(number: number, noun: string): string {
  return number === 1 ? `one ${noun}` : `${number.toLocaleString("en-US")} ${noun}s`;
}

function scale(value: number, unit: Unit): readonly [name: string, size: number] {
  if (unit !== "bytes") return [unit, 1];
  return BYTE_SIZES.find(([, size]) => Math.abs(value) >= size) ?? ["B", 1];
}

function plain(value: number, name: string): string {
  // Bytes are whole, and a plain zero needs no digits after it.
  if (name === "B" || value === 0) return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
  return NUMBERS.format(value);
}
