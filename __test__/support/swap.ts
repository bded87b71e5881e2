import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { clipEdit, injectorEdit } from "../../dist/ts/register/rewrite.js";
import { edited, statementsStartAt } from "../../dist/ts/register/statements.js";

/** What becomes of a text: `absent` where it has nothing to do with the function. */
export type SwapResult =
  | { readonly kind: "absent" }
  | { readonly kind: "untouched"; readonly reason: string }
  | { readonly kind: "swapped"; readonly source: string };

/** Swaps the function in a text, and nothing else. */
export function swapInjector(text: string): SwapResult {
  const edit = injectorEdit(text);
  if (edit === undefined) return { kind: "absent" };
  if (typeof edit === "string") return { kind: "untouched", reason: edit };
  if (!statementsStartAt(text, edit.statements))
    return { kind: "untouched", reason: "its text is not whole" };
  return { kind: "swapped", source: edited(text, [edit]) };
}

/** Swaps the clip in a text, and nothing else. */
export function swapClip(text: string): string {
  const edit = clipEdit(text);
  return edit !== undefined && statementsStartAt(text, edit.statements) ? edited(text, [edit]) : text;
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
