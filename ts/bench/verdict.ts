import { dropIn } from "./drop-in.js";
import { count } from "./quantity.js";
import type { BenchResult } from "./result.js";

/** Whether stock and native were compared, and made the same video. */
export interface Verdict {
  /** `unknown`: no frames were compared. `unswapped`: both were rendered stock, so nothing was. */
  readonly kind: "identical" | "different" | "unknown" | "unswapped";
  /** The finding in one sentence. */
  readonly finding: string;
  /** What it means, and what to do about it. */
  readonly meaning: string;
}

export function verdict(result: BenchResult): Verdict {
  const { pairs } = result;
  const { unswapped, reasons } = dropIn(result);
  if (unswapped) {
    const why = reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
    return {
      kind: "unswapped",
      finding: "The drop-in did not run",
      meaning: `Nothing was swapped in a native render, so stock was compared with stock${why}. Ask: npx hyperframes-native doctor.`,
    };
  }
  const frames = pairs.reduce((sum, { comparison }) => sum + comparison.frames, 0);
  const differing = pairs.reduce((sum, { comparison }) => sum + comparison.differing, 0);
  if (differing > 0) {
    const where = pairs.flatMap(({ comparison: { firstDifference } }, n) =>
      firstDifference === null ? [] : [`frame ${firstDifference} of pair ${n + 1}`],
    );
    const first = where.length === 0 ? "" : ` The first: ${where.join(", ")} (counted from 0).`;
    return {
      kind: "different",
      finding: `${differing.toLocaleString("en-US")} of ${count(frames, "decoded frame")} differ`,
      meaning:
        `Stock and native did not make the same video, so the gains do not count yet.${first} ` +
        "Render it stock twice and compare the two: if these differ as well, the composition is not the same " +
        "from render to render. If they do not, it is a fault of hyperframes-native: please report it.",
    };
  }
  // A pair whose frames were not compared proves nothing, however the others went.
  if (pairs.some(({ comparison }) => comparison.frames === 0)) {
    return {
      kind: "unknown",
      finding: "Not all pairs were compared",
      meaning: "Without decoded frames of each pair nothing says that stock and native made the same video.",
    };
  }
  return {
    kind: "identical",
    finding:
      frames === 1
        ? "The one decoded frame is identical"
        : `All ${count(frames, "decoded frame")} are identical`,
    meaning: "Both videos of each pair were decoded and compared, frame by frame, to the bit.",
  };
}
