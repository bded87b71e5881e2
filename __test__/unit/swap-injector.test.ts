/** The swap by content: the published files, and everything that must be left alone. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { SWAP_KEY, swapInjector } from "../../dist/register/swap-injector.js";

const producer = dirname(fileURLToPath(import.meta.resolve("@hyperframes/producer")));
const engine = dirname(fileURLToPath(import.meta.resolve("@hyperframes/engine")));
const PUBLISHED = [
  ...["index.js", "distributed.js", "public-server.js"].map((name) => join(producer, name)),
  join(engine, "services/videoFrameInjector.js"),
];

/** A module as small as it can be with everything the swap looks for. */
const SMALL = [
  "export async function injectVideoFramesBatch() {}",
  "export async function syncVideoFrameVisibility() {}",
  "export function createVideoFrameInjector(table, options) {",
  "  for (const payload of table) { if (last === payload.frameIndex) continue; }",
  "  const inject = async (page, updates) => new Set(await injectVideoFramesBatch(page, updates));",
  '  return ["upstream", table, options];',
  "}",
].join("\n");

for (const file of PUBLISHED) {
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

test("swapped code asks the swap, hands it upstream's function and the page functions; without one it is upstream", async () => {
  const result = swapInjector(SMALL);
  assert.equal(result.kind, "swapped");
  const module = await import(`data:text/javascript,${encodeURIComponent(result.source)}`);
  assert.deepEqual(module.createVideoFrameInjector([], 2), ["upstream", [], 2]);
  const key = Symbol.for(SWAP_KEY);
  Object.defineProperty(globalThis, key, {
    configurable: true,
    value: (upstream: (...args: unknown[]) => unknown, functions: object, ...args: unknown[]) => [
      Object.keys(functions),
      upstream([], "theirs"),
      ...args,
    ],
  });
  try {
    assert.deepEqual(module.createVideoFrameInjector([1], { x: 1 }), [
      ["injectVideoFramesBatch", "syncVideoFrameVisibility"],
      ["upstream", [], "theirs"],
      [1],
      { x: 1 },
    ]);
  } finally {
    Reflect.deleteProperty(globalThis, key);
  }
});

test("versions that have colour grading draw again at the end of each call hand that over too", () => {
  const redraws = SMALL.replace(
    "  return [",
    "  (async (page) => { await redrawRuntimeColorGrading(page); })();\n  return [",
  );
  const definition = "async function redrawRuntimeColorGrading(page) {}\n";
  const result = swapInjector(definition + redraws);
  assert.equal(result.kind, "swapped");
  assert.match(
    result.source,
    /\{ injectVideoFramesBatch, syncVideoFrameVisibility, redrawRuntimeColorGrading \}/,
  );
  assert.deepEqual(swapInjector(redraws), {
    kind: "untouched",
    reason: "redrawRuntimeColorGrading not found beside createVideoFrameInjector",
  });
});

test("page functions may be imported, also under another name", () => {
  const imported = SMALL.split("\n").slice(2).join("\n");
  for (const clause of [
    "{ injectVideoFramesBatch, syncVideoFrameVisibility }",
    "{ other, a as injectVideoFramesBatch,\n  b as syncVideoFrameVisibility, last }",
  ]) {
    assert.equal(swapInjector(`import ${clause} from "./x.js";\n${imported}`).kind, "swapped", clause);
  }
  const renamed = "{ injectVideoFramesBatch as x, syncVideoFrameVisibility }";
  assert.equal(swapInjector(`import ${renamed} from "./x.js";\n${imported}`).kind, "untouched");
});

test("Windows line ends and a byte order mark do no harm", () => {
  assert.equal(swapInjector(SMALL.replaceAll("\n", "\r\n")).kind, "swapped");
  assert.equal(swapInjector(`\uFEFF${SMALL}`).kind, "swapped");
});

const LEFT_ALONE: Record<string, string> = {
  "defined twice": `${SMALL}\n${SMALL.split("\n").slice(2).join("\n")}`,
  "another kind of definition beside it": `${SMALL}\nlet f = function createVideoFrameInjector() {};`,
  "an arrow function": SMALL.replace(
    /export function createVideoFrameInjector\((.*)\) \{/,
    "const createVideoFrameInjector = ($1) => {",
  ),
  "three parameters": SMALL.replace("(table, options)", "(table, options, more)"),
  "a default value": SMALL.replace("(table, options)", "(table, options = {})"),
  "an async function": SMALL.replace("export function", "export async function"),
  minified: "function createVideoFrameInjector(e,t){return e}",
  "no page functions": SMALL.split("\n").slice(2).join("\n"),
  "a version that does not heed which frames were injected": SMALL.replace("new Set(await", "(await"),
  "a version that waits for something else": SMALL.replace(
    "  return [",
    "  (async () => await settle(page))();\n  return [",
  ),
  "a version that does something of its own in the page": SMALL.replace(
    "  return [",
    "  (async (page) => await page.evaluate(() => window.other()))();\n  return [",
  ),
  "a version that injects unchanged frames again": SMALL.replace("continue;", "again();"),
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
