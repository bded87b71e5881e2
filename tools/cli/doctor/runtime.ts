import type { Runtime } from "../host/runtime.js";
import type { Finding } from "./finding.js";

/** Whether a runtime has what the swap is made with: Node's load hook, or Bun's plugins. */
export function checkRuntime(runtime: Runtime): Finding {
  const { name, path, has } = runtime;
  if (has === "plugins") {
    return {
      code: "RUNTIME_HAS_PLUGINS",
      check: "runtime",
      status: "ok",
      brief: `${name}: bun --preload hyperframes-native/bun`,
      found: `${name} (${path}) has runtime plugins.`,
      advice: "Start renders with: bun --preload hyperframes-native/bun",
      details: runtime,
    };
  }
  if (has === null) {
    return {
      code: "RUNTIME_WITHOUT_HOOKS",
      check: "runtime",
      status: "fault",
      found: `${name} (${path}) has no module.registerHooks, so nothing can be swapped.`,
      advice: "Render with Node 22.15 or newer (23.5 of the 23 line).",
      details: runtime,
    };
  }
  return {
    code: "RUNTIME_HAS_HOOKS",
    check: "runtime",
    status: "ok",
    brief: name,
    found: `${name} (${path}) has module.registerHooks.`,
    advice: "Nothing to do, if renders run on this very runtime.",
    details: runtime,
  };
}
