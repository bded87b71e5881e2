import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import type { HostPackage } from "./host-package.js";

/** In the text of every bundle that puts frames into a page, whatever its functions are called. */
export const FRAME_MARK = "__render_frame__";

/** A browser, or an extraction of frames: what a render with videos starts. */
const RENDERS = /^--(?:headless|remote-debugging)|frame_%0\d+d\./;

const marked = new Map<string, HostPackage>();
const known = new Set<string>();
let isWatching = false;
let hasRendered = false;

/** Notes a package of upstream's that puts frames into pages. */
export function noteFramePackage(host: HostPackage): void {
  marked.set(keyOf(host), host);
  if (isWatching) return;
  isWatching = true;
  subscribe("child_process", (message) => {
    const started = (message as { readonly process?: Partial<ChildProcess> }).process;
    // Its arguments are there once it was started.
    setImmediate(() => {
      if (started?.spawnargs?.some((argument) => RENDERS.test(argument))) hasRendered = true;
    });
  });
  process.once("exit", tell);
}

/** Notes a package of which a bundle was swapped, or left alone with a warning of its own. */
export function noteKnownPackage(host: HostPackage): void {
  known.add(keyOf(host));
}

function tell(): void {
  if (!hasRendered) return;
  for (const [key, { name, version }] of marked) {
    if (known.has(key)) continue;
    process.stderr.write(
      `hyperframes-native: ${name} ${version} rendered as it does by itself: createVideoFrameInjector was not found in it. ` +
        "Update hyperframes-native, or use a version that `npx hyperframes-native doctor` finds it in.\n",
    );
  }
}

function keyOf({ name, version }: HostPackage): string {
  return `${name}@${version}`;
}
