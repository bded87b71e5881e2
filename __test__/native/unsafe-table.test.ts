/** `docs/unsafe.md` has every unsafe block, and names tests that exist. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const root = fileURLToPath(new URL("../../", import.meta.url));
const doc = read("docs/unsafe.md");
const sources = globSync("{src,tools/measure/core}/**/*.rs", { cwd: root }).map((name) =>
  name.replaceAll("\\", "/"),
);

test("the table counts every unsafe block", () => {
  const counted = new Map<string, number>();
  for (const name of sources) {
    const code = read(name).replaceAll(/\/\/.*$/gm, "");
    const blocks = code.match(/\bunsafe (?:\{|fn|impl|trait|extern)/g)?.length ?? 0;
    if (blocks > 0) counted.set(name, blocks);
  }
  const listed = new Map<string, number>();
  for (const [, name, blocks] of doc.matchAll(/^\| `([\w/]+\.rs)` \| (\d+)/gm))
    listed.set(name as string, (listed.get(name as string) ?? 0) + Number(blocks));
  assert.ok(counted.size > 5);
  assert.deepEqual(
    [...listed].sort(([one], [two]) => (one < two ? -1 : 1)),
    [...counted].sort(([one], [two]) => (one < two ? -1 : 1)),
  );
});

test("the tests it names exist", () => {
  const tests = [...sources, ...globSync("__test__/**/*.test.ts", { cwd: root })].map(read).join("\n");
  const named = doc
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .flatMap((line) => [
      ...(line
        .split("|")
        .at(-2)
        ?.matchAll(/`([^`]+)`/g) ?? []),
    ])
    .map(([, name]) => name as string)
    .filter((name) => /^[a-z_]+$|^[\w' ]+$/.test(name) && !name.startsWith("npm ") && name !== "memcpy");
  assert.ok(named.length > 15);
  for (const name of named)
    assert.ok(tests.includes(`fn ${name}()`) || tests.includes(`"${name}"`), `there is no test "${name}"`);
});
