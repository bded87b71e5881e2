/** Which frames are thought to come, from the times that came. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LookAhead } from "../../dist/ts/look-ahead.js";
import { StubLookup } from "../support/stub-page.ts";

/** Two videos of ten frames a second, the second from 0.3 s on. */
function twoVideos(end = 1000): StubLookup {
  return new StubLookup((time) => {
    const n = Math.round(time * 10);
    if (n >= end) return {};
    return { a: [`/a/${n}`, n], ...(n >= 3 ? { b: [`/b/${n - 3}`, n - 3] } : {}) };
  });
}

/** The look-ahead after steps at these times. */
function after(lookup: StubLookup, times: readonly number[]): LookAhead {
  const ahead = new LookAhead(lookup);
  for (const time of times) {
    ahead.observe(time);
    assert.equal(ahead.plan(), undefined);
  }
  return ahead;
}

/** The first frames that would be made ahead, where none is made. */
const first = (ahead: LookAhead, count: number) => ahead.startRound(count, 0, () => false);

test("nothing before a stride is known; then the frames to come, in the order of their steps", () => {
  assert.deepEqual(first(after(twoVideos(), [0]), 1), []);
  const ahead = after(twoVideos(), [0, 0.1]);
  assert.deepEqual(first(ahead, 5), ["/a/2", "/a/3", "/b/0", "/a/4", "/b/1"]);
  assert.equal(ahead.has("/b/1"), true);
  assert.equal(ahead.has("/a/1"), false);
});

test("what has come is not ahead any more, and the plan goes on without asking for each step anew", () => {
  const lookup = twoVideos();
  const ahead = after(
    lookup,
    Array.from({ length: 200 }, (_, n) => n / 10),
  );
  assert.deepEqual(first(ahead, 2), ["/a/200", "/b/197"]);
  assert.equal(new Set(lookup.asked).size, lookup.asked.length);
});

test("after a jump, and with another stride, it is planned anew", () => {
  assert.deepEqual(first(after(twoVideos(), [0, 0.1, 0.2, 50]), 2), ["/a/501", "/b/498"]);
  assert.deepEqual(first(after(twoVideos(), [0, 0.1, 0.2, 0.4, 0.6]), 2), ["/a/8", "/b/5"]);
});

test("the same time again, as motion blur's samples of one frame have it, changes nothing", () => {
  const lookup = twoVideos();
  const ahead = after(lookup, [0, 0.1]);
  const { length } = lookup.asked;
  for (let sample = 0; sample < 17; sample++) ahead.observe(0.1);
  ahead.plan();
  assert.equal(first(ahead, 1)[0], "/a/2");
  ahead.observe(0.2);
  ahead.plan();
  assert.ok(
    lookup.asked.length > length && lookup.asked.slice(length).every((time) => time > 1),
    "planned on",
  );
});

test("a table that throws ends the plan there, once", () => {
  const lookup = new StubLookup((time) => {
    if (time > 0.55) throw new Error("nobody renders this");
    return { a: [`/a/${Math.round(time * 10)}`, Math.round(time * 10)] };
  });
  const ahead = new LookAhead(lookup);
  ahead.observe(0);
  ahead.plan();
  ahead.observe(0.1);
  assert.match(String(ahead.plan()), /nobody renders this/);
  const { length } = lookup.asked;
  for (const time of [0.2, 0.3]) {
    ahead.observe(time);
    assert.equal(ahead.plan(), undefined);
  }
  assert.equal(lookup.asked.length, length);
  assert.deepEqual(first(ahead, 16), ["/a/4", "/a/5"]);
});

test("the next frames are those of the first step that changes any", () => {
  const lookup = new StubLookup((time) => {
    const n = Math.floor(time * 5 + 1e-9); // each for two steps
    return { a: [`/a/${n}`, n], still: ["/still", 0] };
  });
  const ahead = after(lookup, [0, 0.1]);
  assert.deepEqual(
    ahead.next((path) => ["/a/0", "/still"].includes(path)),
    ["/a/1"],
  );
  assert.deepEqual(
    ahead.next(() => true),
    [],
  );
});

test("frames that come again, of a loop, stay ahead until their last time", () => {
  const lookup = new StubLookup((time) => ({
    a: [`/a/${Math.round(time * 10) % 4}`, Math.round(time * 10) % 4],
  }));
  const ahead = after(lookup, [0, 0.1, 0.2, 0.3, 0.4]);
  assert.deepEqual(new Set(first(ahead, 16)), new Set(["/a/0", "/a/1", "/a/2", "/a/3"]));
});
