/** Whether stock and native made the same video, and whether the drop-in ran at all. */
import { tellFlicker } from "./judge-pictures.js";
import { count } from "./quantity.js";
import type { BenchRender, BenchResult } from "./result.js";

/** Whether stock and native were compared, and made the same video. */
export interface Verdict {
  /** `unknown`: the pictures were not compared. `unswapped`: both were rendered stock, so nothing was. */
  readonly kind: "identical" | "different" | "unknown" | "unswapped";
  /** The finding in one sentence. */
  readonly finding: string;
  /** What it means, and what to do about it. */
  readonly meaning: string;
}

export function verdict(result: BenchResult): Verdict {
  const { pictures } = result;
  const { unswapped, reasons } = dropIn(result);
  if (unswapped) {
    const why = reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
    return {
      kind: "unswapped",
      finding: "The drop-in did not run",
      meaning: `Nothing was swapped in a native render, so stock was compared with stock${why}. Ask: npx hyperframes-native doctor.`,
    };
  }
  if (pictures === null) {
    return {
      kind: "unknown",
      finding: "The pictures were not compared",
      meaning: "The bench ended before that, so nothing says that stock and native made the same video.",
    };
  }
  const frames = pictures.frames * pictures.differing.length;
  const differing = pictures.differing.flat().length;
  const flicker = tellFlicker(pictures);
  if (differing > 0) {
    const where = pictures.differing.flatMap(([first], n) =>
      first === undefined ? [] : [`frame ${first} of pair ${n + 1}`],
    );
    return {
      kind: "different",
      finding: `${differing.toLocaleString("en-US")} of ${count(frames, "decoded frame")} differ`,
      meaning: [
        "Stock and native did not make the same video, so the gains do not count yet.",
        `The first: ${where.join(", ")} (counted from 0).`,
        `They differ from all of ${pictures.stocks} stock renders, in another place or by more than these from one another.`,
        ...(flicker === "" ? [] : [flicker]),
        "It is a fault of hyperframes-native: please report it.",
      ].join(" "),
    };
  }
  if (flicker !== "") {
    return {
      kind: "identical",
      finding: `${count(frames, "decoded frame")} compared, none differs otherwise than stock from itself`,
      meaning: flicker,
    };
  }
  return {
    kind: "identical",
    finding:
      frames === 1
        ? "The one decoded frame is identical"
        : `All ${count(frames, "decoded frame")} are identical`,
    meaning: "All videos were decoded: each frame of a native one is, to the bit, that of a stock one.",
  };
}

/** What became of the drop-in in the renders of a result. */
export interface DropInUse {
  /** In some native render nothing was swapped: that render was a stock one. */
  readonly unswapped: boolean;
  /** There were frames to show, and some native render showed none of them. */
  readonly idle: boolean;
  /** Why nothing was swapped, as the native renders say. */
  readonly reasons: readonly string[];
}

export function dropIn({ pairs }: BenchResult): DropInUse {
  const natives = pairs.map(({ native }) => native);
  const unswapped = natives.some(({ swapped }) => swapped.length === 0);
  // A hook that was not swapped is not counted: no calls mean no video only where all were.
  const withoutVideos = pairs.every(({ stock, native }) => [stock, native].every(isSilent));
  const idle = !withoutVideos && natives.some(({ framesBy }) => Object.keys(framesBy).length === 0);
  const reasons = new Set(
    natives
      .filter(({ swapped }) => swapped.length === 0)
      .flatMap(({ untouched, fallbacks }) => [...untouched, ...fallbacks.map(({ reason }) => reason)]),
  );
  return { unswapped, idle, reasons: [...reasons] };
}

function isSilent({ swapped, hook }: BenchRender): boolean {
  return swapped.length > 0 && hook.calls === 0;
}
