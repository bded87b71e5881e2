import * as module from "node:module";
import type { Finding } from "./finding.js";

/** Whether the runtime has what the swap is made with: Node's load hook, or Bun's plugins. */
export function checkRuntime(): Finding {
  const { bun } = process.versions;
  const runtime = bun === undefined ? `Node ${process.versions.node}` : `Bun ${bun}`;
  const details = { runtime, path: process.execPath };
  if (bun !== undefined) {
    return {
      code: "RUNTIME_HAS_PLUGINS",
      check: "runtime",
      status: "ok",
      found: `${runtime} (${process.execPath}) has runtime plugins.`,
      advice: "Start renders with: bun --preload hyperframes-native/bun",
      details,
    };
  }
  if (typeof module.registerHooks !== "function") {
    return {
      code: "RUNTIME_WITHOUT_HOOKS",
      check: "runtime",
      status: "fault",
      found: `${runtime} (${process.execPath}) has no module.registerHooks, so nothing can be swapped.`,
      advice: "Render with Node 22.15 or newer (23.5 of the 23 line).",
      details,
    };
  }
  return {
    code: "RUNTIME_HAS_HOOKS",
    check: "runtime",
    status: "ok",
    found: `${runtime} (${process.execPath}) has module.registerHooks.`,
    advice: "Nothing to do, if renders run on this very runtime.",
    details,
  };
}
