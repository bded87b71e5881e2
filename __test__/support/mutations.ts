/** Ways to damage, move or disguise the text of a module. */
import { transformSync } from "esbuild";

/** Makes another text of one; `seed` says where or how, any whole number from 0 on. */
export type Mutation = (source: string, seed: number) => string;

const at = (source: string, seed: number) => seed % (source.length + 1);
const lineAt = (source: string, seed: number) => source.split("\n")[seed % source.split("\n").length] ?? "";

/** A text that cannot be minified stays as it is. */
function minified(source: string, options: object): string {
  try {
    return transformSync(source, { format: "esm", ...options }).code;
  } catch {
    return source;
  }
}

/** Of any module. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "as it is": (source) => source,
  "Windows line ends": (source) => source.replaceAll(/\r?\n/g, "\r\n"),
  "old Mac line ends": (source) => source.replaceAll("\n", "\r"),
  "line separators": (source) => source.replaceAll("\n", "\u2028"),
  "a byte order mark": (source) => `\uFEFF${source}`,
  "a hashbang": (source) => `#!/usr/bin/env node\n${source}`,
  truncated: (source, seed) => source.slice(0, at(source, seed)),
  "its head cut off": (source, seed) => source.slice(at(source, seed)),
  "a character gone": (source, seed) =>
    source.slice(0, at(source, seed)) + source.slice(at(source, seed) + 1),
  "a character more": (source, seed) =>
    source.slice(0, at(source, seed)) +
    ("`'\"/*{}()\\;$\n"[seed % 13] ?? "") +
    source.slice(at(source, seed)),
  "a line gone": (source, seed) =>
    source
      .split("\n")
      .filter((_, n, all) => n !== seed % all.length)
      .join("\n"),
  "a line twice": (source, seed) =>
    source
      .split("\n")
      .flatMap((line, n, all) => (n === seed % all.length ? [line, line] : [line]))
      .join("\n"),
  "a line commented out": (source, seed) => source.replace(lineAt(source, seed), (line) => `// ${line}`),
  twice: (source) => `${source}\n${source}`,
  "a commented copy before it": (source) => `/*\n${source.replaceAll("*/", "* /")}\n*/\n${source}`,
  "a commented copy after it": (source) => `${source}\n${source.replaceAll(/^/gm, "// ")}`,
  "all in a comment": (source) => `/*\n${source.replaceAll("*/", "* /")}\n*/`,
  "all in a template": (source) =>
    `export const text = String.raw\`\n${source.replaceAll(/[`$\\]/g, "")}\n\`;`,
  "all in a string over lines": (source) =>
    `export const text = "\\\n${source.replaceAll(/["\\]/g, "").replaceAll("\n", "\\\n")}";`,
  "all in a string": (source) => `export const text = ${JSON.stringify(source)};`,
  "all in a regular expression": (source) => `export const text = /${source.replaceAll(/[^\w ]/g, "")}/;`,
  "all in a function": (source) => `export function outer() {\n${source.replaceAll(/^export /gm, "")}\n}`,
  "all in a block": (source) => `{\n${source.replaceAll(/^export /gm, "")}\n}`,
  "all in an arrow function": (source) =>
    `export const outer = () => {\n${source.replaceAll(/^export /gm, "")}\n};`,
  "all in an expression": (source) => `export const outer = (\n${source.replaceAll(/^export /gm, "")}\n);`,
  indented: (source) => source.replaceAll(/^(?=.)/gm, "  "),
  "an assignment before it": (source) => `const before =\n${source}`,
  "an assignment and a comment before it": (source) => `const before = // ;\n${source}`,
  "an assignment that ends in a comment like code": (source) => `const before = /* } */ // }\n${source}`,
  "a template that ends in a comment": (source) => `const before = \`;\n// \` +\n${source}`,
  "an open string before it": (source) => `const before = "\n${source}`,
  "a regular expression with quotes before it": (source) =>
    `export const before = /["'\`{(]/.test("x");\n${source}`,
  "a division before it": (source) => `export const before = 4 / 2; export const after = "/";\n${source}`,
  "no exports": (source) => source.replaceAll(/^export /gm, ""),
  "exported at the end": (source) =>
    `${source.replaceAll(/^export /gm, "")}\nexport { createVideoFrameInjector, pageScreenshotCapture };`,
  minified: (source) => minified(source, { minify: true }),
  "without white space": (source) => minified(source, { minifyWhitespace: true }),
  "as esbuild writes it": (source) => minified(source, {}),
};

const NAMES = ["createVideoFrameInjector", "pageScreenshotCapture"];
const OTHERS = "table options upstream swap clip globalThis Symbol page $ _ arguments await".split(" ");

/** Of a module in which our names stand: one becomes another everywhere. */
export const RENAMED: Mutation = (source, seed) => {
  const names = [...NAMES, ...OTHERS];
  const from = names[seed % names.length] ?? "";
  const to = names[Math.floor(seed / names.length) % names.length] ?? "";
  return source.replaceAll(new RegExp(`(?<![\\w$])${from.replace("$", "\\$")}(?![\\w$])`, "g"), () => to);
};
