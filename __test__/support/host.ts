// A package that stands in for one of upstream's, for tests of what becomes of its text.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FrameFolder, jpegLike } from "./frames.ts";

/** A host package in the folder: a copy of what the published engine looks like, around our own function text. */
export function writeHost(folder: FrameFolder, definition: string, name = "@hyperframes/engine"): void {
  const home = join(folder.path, "node_modules", name);
  mkdirSync(join(home, "dist"), { recursive: true });
  const manifest = { name, version: "9.9.9", type: "module", exports: "./dist/videoFrameInjector.js" };
  writeFileSync(join(home, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(home, "dist/videoFrameInjector.js"), `${definition}\n`);
}

/** The function in the shape in which it is published. */
export const UPSTREAM = [
  "export function createVideoFrameInjector(table, options) {",
  "  if (!table) return null;",
  "  return async (page, time) => {",
  "    for (const [videoId, { framePath }] of table.getActiveFramePayloads(time)) {",
  "      const dataUri = options?.frameSrcResolver?.(framePath);",
  '      page.push(dataUri ? [{ videoId, dataUri }] : "upstream");',
  "    }",
  "  };",
  "}",
].join("\n");

/** The same in a shape that the swap does not know. */
export const UNKNOWN = UPSTREAM.replace(
  /function createVideoFrameInjector(.*) \{/,
  "const createVideoFrameInjector = function $1 {",
);

/** Renders one frame of `frame.jpg` on a list that plays the page, and prints what the list holds. */
export function writeScript(folder: FrameFolder, name = "@hyperframes/engine"): string {
  const frame = folder.write("frame.jpg", jpegLike(64));
  const script = join(folder.path, "script.mjs");
  writeFileSync(
    script,
    `import { createVideoFrameInjector } from ${JSON.stringify(name)};
const table = { getActiveFramePayloads: () => new Map([["a", { framePath: ${JSON.stringify(frame)}, frameIndex: 0 }]]) };
const page = Object.assign([], { evaluate: async () => undefined });
const hook = createVideoFrameInjector(table, {});
await hook(page, 0);
globalThis.keep = hook; // alive to the end of the process
console.log(JSON.stringify({ page, nothing: createVideoFrameInjector(null), native: typeof hook.stats }));
`,
  );
  return script;
}
