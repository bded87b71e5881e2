/** How much the frame cache may keep where nobody says so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { budgetName, cacheLimits, defaultMib, processMemory } from "../../dist/ts/native/limits.js";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const UNLIMITED = 2 ** 64;

test("an eighth of what is free, between upstream's floor and upstream's default", () => {
  const machine = (gib: number, freeGib: number) =>
    defaultMib({ total: gib * GIB, allowed: UNLIMITED, free: freeGib * GIB });
  assert.equal(machine(4, 3), 384);
  assert.equal(machine(8, 6), 768);
  assert.equal(machine(16, 14), 1500);
  assert.equal(machine(64, 60), 1500);
  // Nearly nothing free: a quarter of the machine is what may be got.
  assert.equal(machine(8, 0.1), 256);
  assert.equal(machine(1, 0.1), 64);
});

test("a cgroup's limit counts, whatever the machine has", () => {
  const inside = (gib: number, freeGib: number) =>
    defaultMib({ total: 64 * GIB, allowed: gib * GIB, free: freeGib * GIB });
  assert.equal(inside(2, 1.5), 192);
  // Files in the system's memory count as used there.
  assert.equal(inside(2, 0), 64);
  assert.equal(inside(8, 0), 256);
  // Node says 0 where it does not know of a limit.
  assert.equal(defaultMib({ total: 16 * GIB, allowed: 0, free: 14 * GIB }), 1500);
});

test("what the user says goes before the machine; upstream's floors hold", () => {
  assert.deepEqual(cacheLimits({ frameDataUriCacheBytesLimitMb: 900 }, 300), {
    entryLimit: 256,
    bytesLimit: 900 * MIB,
    strict: false,
  });
  assert.deepEqual(cacheLimits(undefined, 300), { entryLimit: 256, bytesLimit: 300 * MIB, strict: false });
  assert.deepEqual(cacheLimits({ frameDataUriCacheLimit: 1, frameDataUriCacheBytesLimitMb: 1 }, 300), {
    entryLimit: 32,
    bytesLimit: 64 * MIB,
    strict: false,
  });
});

test("this machine: there is memory, and hooks without a wish share one bound", () => {
  const { total, free } = processMemory();
  assert.ok(total > 0 && free > 0 && free <= total);
  assert.deepEqual(cacheLimits(undefined), cacheLimits({}));
  const names = [true, false].map((strictFrames) => budgetName(cacheLimits({ strictFrames }, 300)));
  assert.notEqual(names[0], names[1]);
});
