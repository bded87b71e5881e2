/** What is rendered to be compared has frames that Chrome may decode at a smaller scale: most footage is of such a size. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SOURCES } from "../../tools/demo/wall.ts";
import { SCENARIOS } from "../../tools/measure/scenarios.ts";
import { SCALED_SOURCE } from "../long/compat/scenes.ts";
import { SCALED_SIZES } from "../support/scaled-sizes.ts";

/** ffmpeg's jpeg frames are 4:2:0: an MCU has 16 pixels each way. */
const isWhole = ({ width, height }: { width: number; height: number }) =>
  width % 16 === 0 && height % 16 === 0;

const SIZES: Readonly<Record<string, ReadonlyArray<{ width: number; height: number }>>> = {
  bench: SCENARIOS.filter(({ frameFormat }) => frameFormat === "jpg"),
  compat: [SCALED_SOURCE],
  demo: SOURCES,
  "the render tests": Object.values(SCALED_SIZES).map(({ source }) => source),
};

for (const [name, sizes] of Object.entries(SIZES)) {
  test(`${name}: a size of whole MCUs is among ${sizes.map(({ width, height }) => `${width}x${height}`).join(", ")}`, () =>
    assert.ok(sizes.some(isWhole)));
}

test("all that are rendered for it are", () => {
  for (const [name, { source, box }] of Object.entries(SCALED_SIZES)) {
    assert.ok(isWhole(source), name);
    assert.ok(2 * box.width <= source.width && 2 * box.height <= source.height, name);
  }
});
