/** What the processes of a render take, told by watching them: of a Node that starts others, one of them named as Chrome is. */
import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runChild } from "../../dist/tools/bench/run-child.js";
import { FrameFolder } from "../support/frames.ts";

/** Takes so much processor time, in milliseconds, and says at last how much it took in all. */
const BURN = `
const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
const burn = (kind, ms) => { const end = used() + ms; while (used() < end); console.log("took", kind, used()); };`;

/** Longer than it takes until a process has been looked at. */
const SEEN = "setTimeout(() => {}, 1000);";

test("Chrome by thread, Node, and programs that end before they are looked at", {
  skip: process.platform !== "linux" && "there is no /proc",
}, async (t) => {
  const chrome = join(new FrameFolder(t).path, "chrome-like");
  symlinkSync(process.execPath, chrome);
  const child = (path: string, program: string, ...args: readonly string[]) =>
    `spawnSync(${JSON.stringify(path)}, ${JSON.stringify(["-e", BURN + program, "--", ...args])}, { stdio: "inherit" });`;
  const program = [
    `const { spawnSync } = require("node:child_process"); ${BURN}`,
    child(chrome, `burn("chrome", 400); ${SEEN}`, "--type=renderer"),
    // Beside the end of Chrome only what has been seen counts.
    child(process.execPath, SEEN),
    ...Array.from({ length: 6 }, () => child(process.execPath, 'burn("ffmpeg", 50);')),
    `burn("node", 300); ${SEEN}`,
  ].join("\n");
  const { log, processes } = await runChild({
    ...{ label: "It", args: ["-e", program], env: process.env, cwd: process.cwd(), timeoutMs: 60_000 },
  });
  assert.ok(processes);
  const { cpuMs, chromeThreads, peakRssBytes } = processes;
  for (const kind of ["node", "chrome", "ffmpeg"] as const) {
    const took = Array.from(log.matchAll(new RegExp(`^took ${kind} (.*)$`, "gm")), ([, ms]) => Number(ms));
    const sum = took.reduce((sum, ms) => sum + ms, 0);
    assert.equal(took.length, kind === "ffmpeg" ? 6 : 1);
    // Its end comes on top; what was counted twice would be twice as much.
    assert.ok(cpuMs[kind] > 0.9 * sum && cpuMs[kind] < 1.7 * sum, `${kind}: ${cpuMs[kind]} of ${sum}`);
  }
  assert.equal(chromeThreads[0]?.name, "renderer main");
  assert.ok(chromeThreads.reduce((sum, thread) => sum + thread.cpuMs, 0) <= cpuMs.chrome);
  assert.ok(peakRssBytes > 2 * 20e6);
});
