import { BUSY, shareText } from "./machine.js";
import { measured, rowOf } from "./measures.js";
import { count, ratioText } from "./quantity.js";
import type { BenchResult } from "./result.js";
import { mostBusy, speed } from "./speed.js";

/** Ratios of pairs further apart than this do not agree. */
const LARGEST_DISAGREEMENT = 1.5;

/** Fewer frames than this are mostly start. */
const FEW_FRAMES = 30;

/** Why the numbers of this result are to be taken with care; one sentence or two each, most often none at all. */
export function cautions(result: BenchResult): readonly string[] {
  return [
    onePair(result),
    busyMachine(result),
    disagreement(result),
    fewFrames(result),
    otherPaths(result),
  ].filter((caution) => caution !== null);
}

function onePair({ pairs }: BenchResult): string | null {
  if (pairs.length > 1) return null;
  return "There is only one pair: chance is not told from gain. Three or more show how far the numbers vary.";
}

function busyMachine(result: BenchResult): string | null {
  const { pairs, machine } = result;
  const busy = mostBusy(pairs);
  // Where it is the reason that nothing can be told, it has been told.
  if (busy < BUSY || speed(result).kind === "unclear") return null;
  return (
    `The machine was busy: before a pair something else took ${shareText(busy)} of its ${count(machine.cores, "core")}. ` +
    "Only a difference of a quarter or more in each pair counts then."
  );
}

function disagreement(result: BenchResult): string | null {
  const { ratio } = rowOf(measured(result), "capturedFrame");
  if (ratio === null || ratio.max / ratio.min <= LARGEST_DISAGREEMENT) return null;
  return `The pairs do not agree: from ${ratioText(ratio.min)} to ${ratioText(ratio.max)} times for the captured frame.`;
}

function fewFrames({ pairs }: BenchResult): string | null {
  const calls = Math.min(...pairs.flatMap(({ stock, native }) => [stock.hook.calls, native.hook.calls]));
  if (calls >= FEW_FRAMES) return null;
  return `A render has only ${count(calls, "frame")}: the first calls, which set everything up, weigh much.`;
}

function otherPaths({ pairs }: BenchResult): string | null {
  const some = pairs.some(({ native }) => native.fallbacks.length > 0 || (native.framesBy.upstream ?? 0) > 0);
  return some ? "Some frames of native renders took another path than the one meant." : null;
}
