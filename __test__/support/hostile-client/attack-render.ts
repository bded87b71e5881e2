// A render whose frame server is attacked all the while, and the same render left in peace.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ProcessReportJson } from "hyperframes-native";
import { compareFrames } from "../compare-frames.ts";
import { oneVideo, writeComposition } from "../composition.ts";
import { makeVideo } from "../media.ts";
import { type RenderResult, render } from "../render.ts";
import { findFrameServer } from "./find-server.ts";
import { type AttackSummary, attack } from "./hostile-client.ts";
import { assertBounded, type Held, ProcessWatch } from "./watch-process.ts";

export interface RenderAttack {
  readonly summary: AttackSummary;
  readonly frames: number;
  readonly framesBy: ProcessReportJson["framesBy"];
  readonly calm: Held;
  readonly attacked: Held;
}

const FPS = 15;
const CANVAS = { width: 640, height: 360 } as const;

/** Renders so many seconds twice; rejects when anything but the time it takes is different under the attack. */
export async function attackRender(seconds: number, seed: number): Promise<RenderAttack> {
  const dir = mkdtempSync(path.join(tmpdir(), "hyperframes-native-attack-"));
  try {
    const src = await makeVideo({ ...CANVAS, fps: FPS, seconds, kind: "noise", seed: 73 });
    writeComposition(path.join(dir, "project"), oneVideo(src, CANVAS, seconds));
    const calm = await renderWith(dir, "calm", async () => undefined);
    const attacked = await renderWith(dir, "attacked", (port, signal) =>
      attack({ target: { port, frames: [] }, requests: Number.POSITIVE_INFINITY, signal, seed }),
    );
    const frames = Math.round(seconds * FPS);
    const comparison = await compareFrames(calm.result.outputPath, attacked.result.outputPath);
    assert.equal(comparison.frames, frames);
    assert.ok(comparison.identical, `${comparison.differing} of ${comparison.frames} frames differ`);
    assert.deepEqual(calm.result.stats?.framesBy, { served: frames });
    const { stats, lingered } = attacked.result;
    assert.equal(lingered, null, "the process did not end by itself");
    assert.ok(stats);
    assertBounded(attacked.held, calm.held);
    return {
      ...{ summary: attacked.summary, frames, framesBy: stats.framesBy },
      ...{ calm: calm.held, attacked: attacked.held },
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Renders, and does something to the server from when it can be found until the render has ended. */
async function renderWith<T>(
  dir: string,
  name: string,
  during: (port: number, signal: AbortSignal) => Promise<T>,
): Promise<{ result: RenderResult; summary: T; held: Held }> {
  const ended = new AbortController();
  const [result, found] = await Promise.all([
    render({
      ...{ mode: "native", capture: "beginframe", frameFormat: "png", fps: FPS, workers: 1 },
      projectDir: path.join(dir, "project"),
      outputPath: path.join(dir, `${name}.mp4`),
      extractCacheDir: path.join(dir, `${name}-frames`),
      env: { HYPERFRAMES_NATIVE_TRANSPORT: "served" },
      timeoutMs: 300_000,
    }).finally(() => ended.abort()),
    findFrameServer(ended.signal).then(async (server) => {
      assert.ok(server, "no frame server was found while the render was going on");
      const watch = new ProcessWatch(server.pid);
      const summary = await during(server.port, ended.signal);
      if (!ended.signal.aborted)
        await new Promise((resolve) => ended.signal.addEventListener("abort", resolve));
      return { summary, held: watch.stop() };
    }),
  ]);
  return { result, ...found };
}
