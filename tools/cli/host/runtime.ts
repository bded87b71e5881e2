import * as module from "node:module";

/** A Node or Bun, as far as the swap is concerned. */
export interface Runtime {
  /** `Node 22.23.3`, `Bun 1.4.2`. */
  readonly name: string;
  readonly path: string;
  /** What the swap is made with: Node's synchronous load hooks, Bun's plugins, or nothing. */
  readonly has: "hooks" | "plugins" | null;
}

/** That of this process. */
export function ownRuntime(): Runtime {
  const { bun } = process.versions;
  return {
    name: bun === undefined ? `Node ${process.versions.node}` : `Bun ${bun}`,
    path: process.execPath,
    has: bun !== undefined ? "plugins" : typeof module.registerHooks === "function" ? "hooks" : null,
  };
}
