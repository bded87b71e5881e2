/** How the times to come are learned from the times that came. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stride } from "../../dist/ts/look-ahead.js";

/** How a stride sees each of a sequence of times: expected, the time before once more, or neither; and which it expects next. */
function follow(times: readonly number[]) {
  const stride = new Stride();
  const isSame = (a: number | undefined, b: number | undefined) =>
    a !== undefined && b !== undefined && Math.abs(a - b) < 1e-6;
  const moves = times.map((time, n) => {
    const [last, expected] = [times[n - 1], stride.ahead(1)];
    stride.observe(time);
    return isSame(time, last) ? "repeat" : isSame(time, expected) ? "step" : "seek";
  });
  return { moves, next: stride.ahead(1) };
}

const close = (a: number | undefined, b: number) =>
  assert.ok(a !== undefined && Math.abs(a - b) < 1e-9, `${a} ~ ${b}`);

test("the second call tells the stride", () => {
  assert.equal(follow([0]).next, undefined);
  const { moves, next } = follow([0, 1 / 30, 2 / 30, 3 / 30]);
  assert.deepEqual(moves, ["seek", "seek", "step", "step"]);
  close(next, 4 / 30);
});

test("rounding of quantized times is no change of stride", () => {
  const times = Array.from({ length: 2000 }, (_, n) => Math.round((n / 29.97) * 1e9) / 1e9);
  assert.deepEqual(new Set(follow(times).moves.slice(2)), new Set(["step"]));
});

test("one frame back for a recapture, then on", () => {
  const { moves, next } = follow([0, 0.1, 0.2, 0.1, 0.2, 0.3]);
  assert.deepEqual(moves.slice(3), ["seek", "step", "step"]);
  close(next, 0.4);
});

test("sparse samples and then the render: the new stride is taken when it came twice", () => {
  const { moves, next } = follow([0, 2, 4, 0, 0.1, 0.2, 0.3]);
  assert.deepEqual(moves.slice(3), ["seek", "seek", "seek", "step"]);
  close(next, 0.4);
});
