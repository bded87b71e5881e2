/** What upstream's hook asks of a page: its functions have no names there, but each does something that no other does. */
export type UpstreamPart = "sync" | "inject" | "reseek";

/** Which of them a page function is; `undefined` for one of this package's own, which have names. */
export function upstreamPart(pageFunction: { readonly name?: string }): UpstreamPart | undefined {
  if (pageFunction.name) return undefined;
  const text = String(pageFunction);
  if (text.includes(".decode(")) return "inject";
  return text.includes("__hfReseekGpu") ? "reseek" : "sync";
}
