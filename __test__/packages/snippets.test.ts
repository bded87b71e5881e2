/** What stands in README, the docs and the public functions' comments as TypeScript can be pasted: it is compiled, as strictly as this package. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "../support/paths.ts";

interface Snippet {
  readonly file: string;
  readonly text: string;
}

// Within the repository, where this package and HyperFrames are found by their names.
const folder = join(root, ".cache", `snippets-${process.pid}`);
after(() => rmSync(folder, { recursive: true, force: true }));

function snippetsIn(file: string): Snippet[] {
  const text = readFileSync(join(root, file), "utf8");
  const plain = file.endsWith(".ts") ? text.replaceAll(/^ \* ?/gm, "") : text;
  return Array.from(plain.matchAll(/^```ts\n([\s\S]*?)^```$/gm), ([, snippet = ""]) => ({
    file,
    text: snippet,
  }));
}

/** What tsc says of texts, and how it ends: with 0 where it has looked at them and they are right. */
function compile(texts: readonly string[]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [n, text] of texts.entries()) writeFileSync(join(folder, `snippet-${n}.ts`), text);
  const config = { extends: "../../tsconfig.json", include: ["."], compilerOptions: { noEmit: true } };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  return spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
}

test("TypeScript in README, docs and comments compiles", () => {
  const docs = readdirSync(join(root, "docs")).map((name) => `docs/${name}`);
  const sources = globSync("ts/**/*.ts", { cwd: root }).map((name) => name.replaceAll("\\", "/"));
  const files = ["README.md", ...docs.filter((name) => name.endsWith(".md")), ...sources];
  const snippets = files.flatMap(snippetsIn);
  for (const file of ["README.md", "docs/telemetry.md", "ts/create-injector.ts", "ts/page-session.ts"])
    assert.ok(
      snippets.some((snippet) => snippet.file === file),
      file,
    );
  const { status, stdout } = compile(snippets.map(({ text }) => text));
  assert.equal(status, 0, `${stdout}\n${snippets.map(({ file }, n) => `snippet-${n}: ${file}`).join("\n")}`);
});

test("each function that the package exports has an example", () => {
  const exported = readFileSync(join(root, "ts/index.ts"), "utf8").matchAll(
    /\b(create\w+|keep\w+|FrameCache)\b[^"]*"\.\/(.+?)\.js"/g,
  );
  const found = Array.from(exported, ([, name = "", file = ""]) => [name, file] as const);
  assert.ok(found.length >= 3);
  for (const [name, file] of [...found, ["hyperframesNative", "esbuild/esbuild"] as const]) {
    const text = readFileSync(join(root, "ts", `${file}.ts`), "utf8");
    const comment = new RegExp(
      `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*export (?:async )?(?:function|class) ${name}\\b`,
    ).exec(text);
    assert.match(comment?.[1] ?? "", /@example/, name);
  }
});
