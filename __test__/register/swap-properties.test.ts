/**
 * The swaps over modules that are damaged, moved and disguised: what comes out is a right swap, or what went in. The judge is a full
 * parser (acorn) and Node itself, not the lexer that the swaps use.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Node, parse } from "acorn";
import fc from "fast-check";
import { createLoadHook } from "../../dist/ts/register/load-hook.js";
import { CLIP_KEY, SWAP_KEY } from "../../dist/ts/upstream.js";
import { CAPTURE_SAMPLE } from "../support/capture-sample.ts";
import { FrameFolder } from "../support/frames.ts";
import { MUTATIONS, type Mutation, RENAMED } from "../support/mutations.ts";
import { root } from "../support/paths.ts";
import { swapClip, swapInjector } from "../support/swap.ts";

const NAME = "createVideoFrameInjector";

const MODULE = [
  'import { join } from "node:path";',
  "/** Says what it was given; } and ; stand here for the swap to stumble over. */",
  "const between = { of: `;\\`}` + join('a', 'b') };",
  "// const before = ;",
  "export function createVideoFrameInjector(table, options) {",
  '  return ["upstream", table, options];',
  "}",
  CAPTURE_SAMPLE,
].join("\n");

function treeOf(source: string): Node | undefined {
  try {
    return parse(source, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
  } catch {
    return undefined;
  }
}

interface Named {
  readonly type: string;
  readonly declaration?: Named | null;
  readonly id?: { readonly name: string } | null;
  readonly declarations?: ReadonlyArray<Named>;
  readonly specifiers?: ReadonlyArray<{ readonly local: { readonly name: string } }>;
}

/** Names of the functions and imports of the module itself. */
function topLevelNames(tree: Node): string[] {
  return (tree as Node & { body: Named[] }).body.flatMap((statement) => {
    if (statement.type === "ImportDeclaration")
      return (statement.specifiers ?? []).map(({ local }) => local.name);
    const declared = statement.declaration ?? statement;
    if (declared.type === "VariableDeclaration")
      return (declared.declarations ?? []).flatMap(({ id }) => id?.name ?? []);
    return declared.type === "FunctionDeclaration" && declared.id ? [declared.id.name] : [];
  });
}

/** What stands in the output only; fails where more than one place changed. */
function inserted(before: string, after: string): { old: string; put: string } {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return { old: before.slice(head, before.length - tail), put: after.slice(head, after.length - tail) };
}

/** What holds for every text; gives how often each swap was made. */
function judge(source: string): { injector: string | undefined; clip: string | undefined } {
  const whole = treeOf(source) !== undefined;
  const result = swapInjector(source);
  const injector = result.kind === "swapped" ? result.source : undefined;
  const clipped = swapClip(source);
  const clip = clipped === source ? undefined : clipped;
  for (const output of [injector, clip]) {
    if (output === undefined) continue;
    const tree = treeOf(output);
    assert.equal(tree !== undefined, whole, "the swap changed whether the module parses");
    assert.equal(output.split("\n").length, source.split("\n").length);
    const { old, put } = inserted(source, output);
    assert.ok(!/[\r\n]/.test(old + put), "more than one line changed");
    assert.ok(put.length < 600);
  }
  const tree = injector === undefined ? undefined : treeOf(injector);
  if (tree !== undefined) {
    const names = topLevelNames(tree);
    for (const name of [NAME, `__hyperframesNativeUpstream_${NAME}`]) {
      assert.equal(
        names.filter((other) => other === name).length,
        1,
        `${name} is not a function of the module`,
      );
    }
  }
  return { injector, clip };
}

const mutation = fc.constantFrom<Mutation>(...Object.values(MUTATIONS), RENAMED);
const step = fc.tuple(mutation, fc.nat());
const mutated = (source: string, steps: ReadonlyArray<[Mutation, number]>) =>
  steps.reduce((text, [mutate, seed]) => mutate(text, seed), source);

/** Runs with something to find under a key. */
async function having<T>(key: string, value: unknown, work: () => Promise<T>): Promise<T> {
  Object.defineProperty(globalThis, Symbol.for(key), { configurable: true, value });
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(globalThis, Symbol.for(key));
  }
}

let imported = 0;

/** Runs swapped code, with nobody to ask and with somebody; a module that hides what it exports is only loaded. */
async function run(output: string): Promise<boolean> {
  // Each import must be a module of its own.
  const module = await import(
    `data:text/javascript;charset=utf-8,${encodeURIComponent(output)}#${imported++}`
  );
  if (module[NAME] === undefined) return false;
  assert.deepEqual(module[NAME]([], 2), ["upstream", [], 2]);
  const swap = (upstream: (...call: unknown[]) => unknown, ...call: unknown[]) => [
    upstream([], "theirs"),
    call,
  ];
  await having(SWAP_KEY, swap, async () =>
    assert.deepEqual(module[NAME]([1], { x: 1 }), [
      ["upstream", [], "theirs"],
      [[1], { x: 1 }],
    ]),
  );
  return true;
}

async function runClip(output: string): Promise<boolean> {
  const { pageScreenshotCapture } = await import(
    `data:text/javascript;charset=utf-8,${encodeURIComponent(output)}#${imported++}`
  );
  if (pageScreenshotCapture === undefined) return false;
  const clip = { x: 0, y: 0, width: 2, height: 3, scale: 1 };
  assert.deepEqual(await pageScreenshotCapture({}, { width: 2, height: 3 }), { clip });
  const asked: unknown[] = [];
  await having(
    CLIP_KEY,
    (...call: unknown[]) => void asked.push(call),
    async () =>
      assert.deepEqual(await pageScreenshotCapture("page", { width: 2, height: 3 }), { clip: undefined }),
  );
  assert.deepEqual(asked, [["page", { width: 2, height: 3 }, clip]]);
  return true;
}

/** The text still does what it does here when it is not swapped: a mutation may change that by itself. */
async function behaves(source: string): Promise<boolean> {
  try {
    const module = await import(
      `data:text/javascript;charset=utf-8,${encodeURIComponent(source)}#${imported++}`
    );
    if (module[NAME] !== undefined) assert.deepEqual(module[NAME]([], 2), ["upstream", [], 2]);
    const { pageScreenshotCapture } = module;
    if (pageScreenshotCapture !== undefined) {
      const clip = { x: 0, y: 0, width: 2, height: 3, scale: 1 };
      assert.deepEqual(await pageScreenshotCapture({}, { width: 2, height: 3 }), { clip });
    }
    return true;
  } catch {
    return false;
  }
}

const SEEN = { injector: 0, clip: 0, ran: 0, clipRan: 0 };

for (const [name, mutate] of Object.entries({ ...MUTATIONS, renamed: RENAMED })) {
  test(`a module, ${name}: a right swap or none`, async () => {
    const seeds = fc.nat();
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const source = mutate(MODULE, seed);
        const { injector, clip } = judge(source);
        const ran = await behaves(source);
        if (injector !== undefined) SEEN.injector++;
        if (clip !== undefined) SEEN.clip++;
        if (ran && injector !== undefined && (await run(injector))) SEEN.ran++;
        if (ran && clip !== undefined && (await runClip(clip))) SEEN.clipRan++;
      }),
      { numRuns: mutate.length > 1 ? 60 : 1, seed: 20260101 },
    );
  });
}

test("modules under several mutations at once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 4 }), async (steps) => {
      const source = mutated(MODULE, steps);
      const { injector, clip } = judge(source);
      if (injector === undefined && clip === undefined) return;
      const ran = await behaves(source);
      if (ran && injector !== undefined && (await run(injector))) SEEN.ran++;
      if (ran && clip !== undefined && (await runClip(clip))) SEEN.clipRan++;
    }),
    { numRuns: Number(process.env.HYPERFRAMES_NATIVE_TEST_SWAP_RUNS ?? 600) },
  );
});

test("the properties above were not empty: many modules were swapped and run", () => {
  for (const [what, count] of Object.entries(SEEN)) assert.ok(count >= 30, `${what}: ${count}`);
});

test("the load hook hands on what it does not swap, the very object, and keeps every byte that it does not change", (t) => {
  const folder = new FrameFolder(t);
  const file = folder.write("videoFrameInjector.js", Buffer.alloc(0));
  folder.write("package.json", Buffer.from('{"name":"@hyperframes/engine","version":"9.9.9"}'));
  const url = pathToFileURL(file).href;
  const load = createLoadHook({ onRecord: () => undefined });
  let changed = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2 }), fc.string({ unit: "binary" }), (steps, text) => {
      // Free text of any characters, where it can do no harm.
      const comment = `/* ${text.replaceAll("*", "")} */\n`;
      const bytes = Buffer.from(comment + mutated(MODULE, steps));
      const loaded = { format: "module" as const, source: bytes };
      const output = load(url, {} as never, () => loaded);
      if (output === loaded) return;
      changed++;
      const source = bytes.toString();
      const injector = swapInjector(source);
      const expected = swapClip(injector.kind === "swapped" ? injector.source : source);
      assert.equal(Buffer.from(output.source as Buffer).toString(), expected);
    }),
    { numRuns: 200 },
  );
  assert.ok(changed >= 20, `${changed}`);
});

const inModules = (...path: string[]) => join(root, "node_modules", ...path);
const chunks = readdirSync(inModules("hyperframes", "dist"))
  .filter((name) => name.endsWith(".js"))
  .map((name) => inModules("hyperframes", "dist", name))
  .filter((file) => swapInjector(readFileSync(file, "utf8")).kind === "swapped");

test("a published module of the engine, damaged in hundreds of ways", () => {
  const source = readFileSync(inModules("@hyperframes/engine/dist/services/videoFrameInjector.js"), "utf8");
  let swapped = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 2 }), (steps) => {
      if (judge(mutated(source, steps)).injector !== undefined) swapped++;
    }),
    { numRuns: 200 },
  );
  assert.ok(swapped >= 10, `${swapped}`);
});

/** Node's own parser; of megabytes it is the quicker one. */
function isModule(folder: FrameFolder, source: string): boolean {
  const file = join(folder.path, "bundle.mjs");
  writeFileSync(file, source);
  try {
    execFileSync(process.execPath, ["--check", file], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

for (const [name, files] of [
  ["the newest CLI", chunks],
  ["the producer", [inModules("@hyperframes/producer/dist/index.js")]],
] as const) {
  test(`the bundle of ${name}, damaged`, (t) => {
    const folder = new FrameFolder(t);
    assert.equal(files.length, 1);
    const source = readFileSync(files[0] ?? "", "utf8");
    const { injector, clip } = { injector: swapInjector(source), clip: swapClip(source) };
    assert.equal(injector.kind, "swapped");
    assert.ok(isModule(folder, injector.kind === "swapped" ? injector.source : ""));
    if (clip !== source) assert.ok(isModule(folder, clip));
    const definition = source.indexOf(`function ${NAME}(`);
    const never = (text: string) => {
      assert.notEqual(swapInjector(text).kind, "swapped");
      assert.equal(swapClip(text), text);
    };
    for (const moved of [
      "all in a comment",
      "all in a function",
      "all in a block",
      "all in an expression",
      "twice",
      "indented",
    ]) {
      never(MUTATIONS[moved]?.(source, 0) ?? "");
    }
    // Cut within the function, or anywhere in a function before it.
    fc.assert(
      fc.property(fc.integer({ min: -2_000, max: 1_500 }), (from) => {
        const cut = source.slice(0, definition + from);
        if (swapInjector(cut).kind === "swapped")
          assert.fail(`swapped although cut ${from} from the function on`);
      }),
      { numRuns: 10 },
    );
    for (const kept of ["Windows line ends", "a byte order mark"]) {
      const text = MUTATIONS[kept]?.(source, 0) ?? "";
      const result = swapInjector(text);
      assert.equal(result.kind, "swapped", kept);
      if (result.kind === "swapped") assert.ok(isModule(folder, result.source), kept);
    }
  });
}
