// Two renders that have to show the same, where upstream does not always agree with itself.
import assert from "node:assert/strict";
import { compareFrames } from "./compare-frames.ts";

/** Makes a render and gives the path of its video. */
export type Renders = () => Promise<string>;

const ROUNDS = 4;

/**
 * Asserts that two renders show the same pictures. In distributed renders the first frame of a chunk is now and then the page as it
 * was loaded instead of the extracted frame, in upstream as it is too: on a busy machine in 1 of 36 chunks with the drop-in and in 1 of
 * 36 without, and it was the same picture. So a pair that differs is rendered again, both of it: what differs for good stays different.
 */
export async function assertAgree(stock: Renders, native: Renders, frames: number): Promise<void> {
  for (let round = 1; ; round++) {
    const comparison = await compareFrames(await stock(), await native());
    assert.equal(comparison.frames, frames);
    if (comparison.identical) return;
    if (round === ROUNDS) {
      const { differing, firstDifference } = comparison;
      assert.fail(
        `${differing} of ${frames} frames differ, from ${firstDifference} on, in each of ${ROUNDS} pairs`,
      );
    }
  }
}
