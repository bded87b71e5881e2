/** The swap by content: the published files, and everything that must be left alone. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { SWAP_KEY } from "../../dist/ts/upstream.js";
import { publishedFiles, swapInjector } from "../support/swap.ts";

/** A module as small as it can be with everything the swap looks for. */
const SMALL = [
  "export function createVideoFrameInjector(table, options) {",
  '  return ["upstream", ...arguments];',
  "}",
].join("\n");

for (const file of publishedFiles("videoFrameInjector.js")) {
  test(`${file.slice(file.indexOf("@hyperframes"))} is swapped, on one line, and nothing else changes`, () => {
    const source = readFileSync(file, "utf8");
    const result = swapInjector(source);
    assert.equal(result.kind, "swapped");
    const before = source.split("\n");
    const after = result.source.split("\n");
    assert.equal(after.length, before.length);
    const changed = before.flatMap((line, n) => (line === after[n] ? [] : [n]));
    assert.equal(changed.length, 1);
    assert.match(before[changed[0] ?? -1] ?? "", /function createVideoFrameInjector\(/);
    assert.equal(swapInjector(result.source).kind, "untouched"); // never twice
  });
}

/** Runs a module's function with nobody to ask, and with somebody; what both come to. */
async function outcomes(source: string, ...call: unknown[]): Promise<unknown[]> {
  const { createVideoFrameInjector } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const alone = createVideoFrameInjector(...call);
  const key = Symbol.for(SWAP_KEY);
  const value = (upstream: (...call: unknown[]) => unknown, ...given: unknown[]) => [
    upstream(...given),
    given,
  ];
  Object.defineProperty(globalThis, key, { configurable: true, value });
  try {
    return [alone, createVideoFrameInjector(...call)];
  } finally {
    Reflect.deleteProperty(globalThis, key);
  }
}

test("swapped code asks the swap, and hands it upstream's function and whatever it was called with; without one it is upstream", async () => {
  const result = swapInjector(SMALL);
  assert.equal(result.kind, "swapped");
  for (const call of [[[1], { x: 1 }], [null], [[1], undefined, "third", 4]]) {
    const upstream = ["upstream", ...call];
    assert.deepEqual(await outcomes(result.source, ...call), [upstream, [upstream, call]]);
  }
});

const OTHER_SHAPES: Record<string, string> = {
  "an arrow function": SMALL.replace(
    /function createVideoFrameInjector(.*) \{/,
    "const createVideoFrameInjector = $1 => {",
  ).replace("...arguments", "table, options"),
  "an arrow function that is not exported there": `${SMALL.replace(
    /export function createVideoFrameInjector(.*) \{/,
    "const createVideoFrameInjector = $1 => {",
  ).replace("...arguments", "table, options")};\nexport { createVideoFrameInjector };`,
  "three parameters": SMALL.replace("(table, options)", "(table, options, more)"),
  "an options object as third parameter": SMALL.replace(
    "(table, options)",
    "(table, options, { fps = 30 } = {})",
  ),
  "a default value": SMALL.replace("(table, options)", "(table, options = {})"),
  "parameters on lines of their own": SMALL.replace("(table, options)", "(\n  table,\n  options,\n)"),
  "parameters by the names of what swapped code uses": SMALL.replace(
    "(table, options)",
    "(Symbol, globalThis)",
  ),
  "a table of what it takes out of its configuration": SMALL.replace(
    "(table, options)",
    "(table, { limit, ...more })",
  ),
};
for (const [name, source] of Object.entries(OTHER_SHAPES)) {
  test(`swapped as well: ${name}`, async () => {
    const result = swapInjector(source);
    assert.equal(result.kind, "swapped");
    assert.equal(result.source.split("\n").length, source.split("\n").length);
    const [alone, asked] = await outcomes(result.source, [1], { limit: 2 });
    assert.deepEqual(alone, ["upstream", [1], { limit: 2 }]);
    assert.deepEqual(asked, [alone, [[1], { limit: 2 }]]);
  });
}

const LEFT_ALONE: Record<string, string> = {
  "defined twice": `${SMALL}\n${SMALL}`,
  "another kind of definition beside it": `${SMALL}\nlet f = function createVideoFrameInjector() {};`,
  "one parameter": SMALL.replace("(table, options)", "(table)"),
  "a table taken apart": SMALL.replace("(table, options)", "({ table, options })"),
  "an async function": SMALL.replace("export function", "export async function"),
  "a generator": SMALL.replace("export function ", "export function* "),
  "a class": "export const createVideoFrameInjector = class { constructor(table, options) {} };",
  "a name that means something else there": `${SMALL}\nconst Symbol = 1;`,
  minified: "function createVideoFrameInjector(e,t){return e}",
};
for (const [name, source] of Object.entries(LEFT_ALONE)) {
  test(`left alone, with a reason: ${name}`, () => {
    const result = swapInjector(source);
    assert.equal(result.kind, "untouched");
    assert.ok(result.reason.length > 10);
  });
}

test("a text that only mentions or re-exports the function is no case for a warning", () => {
  for (const source of [
    "export { createVideoFrameInjector } from './videoFrameInjector.js';",
    "const hook = createVideoFrameInjector(table);",
    "// see createVideoFrameInjector",
    "__export(x, { createVideoFrameInjector: () => createVideoFrameInjector });",
    "export const a = 1;",
  ]) {
    assert.deepEqual(swapInjector(source), { kind: "absent" }, source);
  }
});
