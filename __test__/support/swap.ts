import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { clipEdit } from "../../dist/ts/register/rewrite/clip.js";
import { swapSource } from "../../dist/ts/register/rewrite/source.js";
import { edited, holds } from "../../dist/ts/register/rewrite/statements.js";

/** What becomes of a text: `absent` where it has nothing to do with the function. */
export type SwapResult =
  | { readonly kind: "absent" }
  | { readonly kind: "untouched"; readonly reason: string }
  | { readonly kind: "swapped"; readonly source: string };

/** Swaps the function in a text, and nothing else. */
export function swapInjector(text: string): SwapResult {
  const upstream = { name: "hyperframes", version: "9.9.9" };
  const { source, record } = swapSource({ upstream, url: "file:///bundle.js", source: text }, false);
  if (record === undefined) return { kind: "absent" };
  if (record.reason !== undefined) return { kind: "untouched", reason: record.reason };
  return { kind: "swapped", source: source?.toString() ?? "" };
}

/** Swaps the clip in a text, and nothing else. */
export function swapClip(text: string): string {
  const edit = clipEdit(text);
  return edit !== undefined && holds(text, [edit]) ? edited(text, [edit]) : text;
}

const folderOf = (name: string) => dirname(fileURLToPath(import.meta.resolve(name)));

/** Published files that have a function: the producer's bundles, and the engine's own module of it. */
export function publishedFiles(engineModule: string): string[] {
  const bundles = ["index.js", "distributed.js", "public-server.js"];
  return [
    ...bundles.map((name) => join(folderOf("@hyperframes/producer"), name)),
    join(folderOf("@hyperframes/engine"), "services", engineModule),
  ];
}
