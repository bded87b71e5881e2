import type { BenchRender, BenchResult } from "./result.js";

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
