import { BUSY, shareText } from "./machine.js";
import { type Around, type MeasuredRow, measured, rowOf } from "./measures.js";
import { count, quantity, ratioText } from "./quantity.js";
import type { BenchResult } from "./result.js";

/** What the pairs' ratios say, by one rule for all numbers. */
export type SpeedKind = "faster" | "same" | "slower" | "unclear";

/** A gain or a loss: from this ratio of the pair in the middle on. */
const CLEAR = 1.05;

/** The same where chance has more to say, on a busy machine or in a single pair: from this ratio of every pair on. */
const CAREFUL = 1.25;

/** Ratios further apart than this do not say that there is no difference. */
const TOGETHER = 1.2;

/** What was found out about the whole render. */
export interface Speed {
  readonly kind: SpeedKind;
  /** Stock divided by native in the pair in the middle. */
  readonly ratio: number;
  /** The answer in one sentence, with the numbers that it rests on. */
  readonly sentence: string;
}

/**
 * Faster (slower): every pair is on this side, and the one in the middle by 5 % or more; on a busy machine, or of a single pair, every one by
 * a quarter or more. The same: the middle one is within 5 %, and the pairs lie no further apart than 1.2. Anything else cannot be told.
 */
export function judge({ min, middle, max }: Around, careful: boolean): SpeedKind {
  if (careful) {
    if (min >= CAREFUL) return "faster";
    return max <= 1 / CAREFUL ? "slower" : "unclear";
  }
  if (min > 1 && middle >= CLEAR) return "faster";
  if (max < 1 && middle <= 1 / CLEAR) return "slower";
  return middle < CLEAR && middle > 1 / CLEAR && max / min <= TOGETHER ? "same" : "unclear";
}

/** Whether only a large difference counts in this result. */
export function isCareful({ pairs }: BenchResult): boolean {
  return pairs.length < 2 || mostBusy(pairs) >= BUSY;
}

/** The largest share of the machine that something else took before a pair. */
export function mostBusy(pairs: BenchResult["pairs"]): number {
  return Math.max(...pairs.map(({ busy }) => busy));
}

/** @throws {RangeError} for a result without pairs. */
export function speed(result: BenchResult): Speed {
  const row = rowOf(measured(result), "wall");
  const { ratio } = row;
  if (ratio === null) throw new RangeError("a render that took no time");
  const kind = judge(ratio, isCareful(result));
  return { kind, ratio: ratio.middle, sentence: sentence(kind, row, ratio, result) };
}

function sentence(
  kind: SpeedKind,
  { stock, native }: MeasuredRow,
  ratio: Around,
  { pairs }: BenchResult,
): string {
  const [without, withIt] = [stock, native].map((one) => quantity(one?.middle ?? 0, "s"));
  const all = (low: number, high: number) =>
    pairs.length === 1
      ? " (one pair)"
      : ` (${ratioText(low)} to ${ratioText(high)} in ${count(pairs.length, "pair")})`;
  const takes = `the whole render takes ${withIt} instead of ${without}`;
  if (kind === "faster")
    return `Faster: ${takes}, ${ratioText(ratio.middle)} times as fast${all(ratio.min, ratio.max)}.`;
  if (kind === "slower")
    return `Slower: ${takes}, ${ratioText(1 / ratio.middle)} times as long${all(1 / ratio.max, 1 / ratio.min)}.`;
  const ratios = `stock / native is ${pairs.length === 1 ? ratioText(ratio.middle) : `${ratioText(ratio.min)} to ${ratioText(ratio.max)}`} for the whole render`;
  if (kind === "same")
    return `No difference that could be measured: ${ratios} (${count(pairs.length, "pair")}).`;
  return `Cannot be told: ${why(pairs)}; ${ratios}.`;
}

function why(pairs: BenchResult["pairs"]): string {
  const busy = mostBusy(pairs);
  if (busy >= BUSY) return `the machine is busy (something else took ${shareText(busy)} of it)`;
  if (pairs.length === 1) return "one pair does not tell chance from gain";
  return "the pairs do not agree, more of them may (--pairs)";
}
