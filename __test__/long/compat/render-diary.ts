/**
 * `node --import` of a render, whichever version renders: writes down when the hook was called and how Chrome was started, into
 * the folder that `COMPAT_DIARY` names. The version's own account of itself differs from version to version.
 */
import { subscribe } from "node:diagnostics_channel";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { HOOK_CHANNEL, type HookMessage } from "../../../dist/ts/telemetry/channels.js";

export interface Diary {
  /** Starts of the hook's calls in milliseconds, with the composition's time in seconds. */
  readonly calls: ReadonlyArray<{ readonly atMs: number; readonly time: number; readonly hookMs: number }>;
  /** Whether a browser was started for BeginFrame capture. */
  readonly beginFrame: boolean;
}

const calls: Array<Diary["calls"][number]> = [];
const children: Array<{ spawnargs?: readonly string[] }> = [];

subscribe(HOOK_CHANNEL, (message) => {
  const { time, durationMs } = message as HookMessage;
  calls.push({ atMs: performance.now() - durationMs, time, hookMs: durationMs });
});
// Node's own: a message for each process that is started.
subscribe("child_process", (message) => {
  children.push((message as { process: { spawnargs?: readonly string[] } }).process);
});

process.once("exit", () => {
  const directory = process.env.COMPAT_DIARY;
  const beginFrame = children.some(({ spawnargs }) => spawnargs?.includes("--enable-begin-frame-control"));
  if (directory === undefined || (calls.length === 0 && children.length === 0)) return;
  // Processes that this one starts may inherit its arguments, and keep a diary of their own.
  writeFileSync(path.join(directory, `${process.pid}.json`), JSON.stringify({ calls, beginFrame }));
});
