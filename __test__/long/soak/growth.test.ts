// What the soak calls growth.
import assert from "node:assert/strict";
import { test } from "node:test";
import { growth } from "./growth.ts";
import { FIGURES, type Figure, type State } from "./state.ts";

/** States that differ in one figure alone; which ones grew. */
function grown(figure: Figure, values: readonly number[]): Figure[] {
  const steady = Object.fromEntries(FIGURES.map((name) => [name, 100]));
  const states = values.map((value, n) => ({
    ...{ frames: n, chromeProcesses: 1 },
    ...steady,
    [figure]: value,
  })) as unknown as State[];
  return growth(states)
    .filter(({ grew }) => grew)
    .map((one) => one.figure);
}

const BILLION = 1e9;

test("what rises in all of the last readings has grown", () => {
  for (const figure of FIGURES) {
    const scale = figure === "chromePictures" ? BILLION : 1;
    assert.deepEqual(
      grown(
        figure,
        [100, 101, 102, 107, 108, 109].map((value) => value * scale),
      ),
      [figure],
    );
    assert.deepEqual(
      grown(
        figure,
        [100, 101, 102, 130, 104, 103].map((value) => value * scale),
      ),
      figure === "blobs" ? ["blobs"] : [],
    );
  }
});

test("a reading of Chrome that lacks a process is no measure", () => {
  assert.deepEqual(grown("chromeMemory", [159, 245, 245, 244, 246, 245]), []);
  assert.deepEqual(grown("chromeMemory", [159, 245, 244, 246]), []);
  assert.deepEqual(grown("blobs", [159, 245, 245, 244, 246, 245]), ["blobs"]);
});

test("a page that gathers blobs until it is closed is found when the next one is young", () => {
  assert.deepEqual(grown("blobs", [2, 2, 2, 3, 400, 2, 2, 2]), ["blobs"]);
  assert.deepEqual(grown("blobs", [2, 2, 2, 2, 2, 2, 1, 2]), []);
});

test("decoded pictures may come up to Chrome's own bound", () => {
  assert.deepEqual(grown("chromePictures", [1, 1, 1, 500e6, 500e6, 500e6]), []);
});
