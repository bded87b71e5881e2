// Upstream's distributed engine, every chunk in a process of its own: with the drop-in in the chunk workers and without it, the
// same pictures.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { ProcessReportJson } from "hyperframes-native";
import { readReport } from "../../dist/tools/bench/render.js";
import {
  nodeArguments,
  type RenderMode,
  renderEnvironment,
} from "../../dist/tools/bench/render-environment.js";
import { runChild } from "../../dist/tools/bench/run-child.js";
import { assertAgree } from "../support/agree.ts";
import { distinctFrames } from "../support/compare-frames.ts";
import { writeComposition } from "../support/composition.ts";
import type { Protocol, Step, StepResult } from "../support/distributed-step.ts";
import { FrameFolder } from "../support/frames.ts";
import { cliRenderer, producerRenderer } from "../support/installed.ts";
import { makeVideo } from "../support/media.ts";
import { root } from "../support/paths.ts";
import { REGISTER } from "../support/render.ts";
import type { Transport } from "../support/variants.ts";

const SIZE = { width: 320, height: 180 } as const;
const CHUNK = 10;
const FRAMES = 18;
const dir = new FrameFolder({ after }).path;
const projectDir = path.join(dir, "project");
const program = fileURLToPath(new URL("../support/distributed-step.ts", import.meta.url));

interface Case {
  readonly engine: string;
  readonly protocol: Protocol;
  /** What the chunk workers are told; `renderChunk` itself hands the injector no config at all. */
  readonly transport: Transport;
}

const DISTRIBUTED = import.meta.resolve("@hyperframes/producer/distributed");
const CASES: Record<string, Case> = {
  [`producer ${producerRenderer.version}, plan v1`]: { engine: DISTRIBUTED, protocol: 1, transport: "file" },
  [`producer ${producerRenderer.version}, plan v2`]: { engine: DISTRIBUTED, protocol: 2, transport: "file" },
  [`CLI ${cliRenderer.version}, plan v2`]: { engine: cliRenderer.entry, protocol: 2, transport: "served" },
};

before(async () => {
  const video = { ...SIZE, fps: 30, seconds: 1 } as const;
  const whole = await makeVideo({ ...video, kind: "noise", seed: 71 });
  const late = await makeVideo({ ...video, kind: "gradient", seed: 72, codec: "vp9-alpha" });
  const duration = FRAMES / 30;
  writeComposition(projectDir, {
    ...SIZE,
    duration,
    videos: [
      { id: "whole", src: whole, start: 0, duration, box: { left: 0, top: 0, ...SIZE } },
      // Begins in the first chunk and ends in the second; png frames.
      {
        id: "late",
        src: late,
        start: 0.2,
        duration: 0.3,
        box: { left: 80, top: 40, width: 160, height: 90 },
      },
    ],
  });
});

/** Runs one step in a Node process of its own; the statistics are those of that process. */
async function runStep(
  step: Step,
  mode: RenderMode,
  transport?: Transport,
): Promise<{ result: StepResult; stats: ProcessReportJson | null }> {
  const scratch = mkdtempSync(path.join(dir, `${step.does}-`));
  const statsFile = path.join(scratch, "stats.json");
  let result: StepResult = {};
  await runChild({
    label: `${step.does} (${mode})`,
    args: [...nodeArguments(mode, REGISTER), program, JSON.stringify(step)],
    env: {
      ...renderEnvironment({
        mode,
        capture: "auto",
        extractCacheDir: path.join(scratch, "extracted"),
        statsFile,
      }),
      ...(transport === undefined ? {} : { HYPERFRAMES_NATIVE_TRANSPORT: transport }),
    },
    cwd: root,
    timeoutMs: 120_000,
    onMessage: (message) => {
      result = message as StepResult;
    },
  });
  return { result, stats: mode === "plain" ? null : readReport(statsFile) };
}

for (const [name, { transport, ...engine }] of Object.entries(CASES)) {
  describe(name, () => {
    it(`${transport}: every chunk by the drop-in, the same video`, async () => {
      const common = { ...engine, planDir: path.join(mkdtempSync(path.join(dir, "plan-")), "plan") };
      const config = { ...SIZE, fps: 30, format: "mp4", chunkSize: CHUNK } as const;
      const { result: plan } = await runStep({ ...common, does: "plan", projectDir, config }, "plain");
      assert.deepEqual([plan.totalFrames, plan.chunkCount], [FRAMES, 2]);

      const renderChunk = async (mode: RenderMode, index: number): Promise<string> => {
        const outputPath = path.join(mkdtempSync(path.join(dir, `${mode}-`)), `${index}.mp4`);
        const step = { ...common, does: "chunk", index, outputPath } as const;
        const { result, stats } = await runStep(step, mode, mode === "native" ? transport : undefined);
        const frames = Math.min(CHUNK, FRAMES - index * CHUNK);
        assert.equal(result.framesEncoded, frames);
        if (stats === null) return outputPath;
        assert.deepEqual([stats.mode, stats.hooks, stats.fallbacks], ["native", 1, []]);
        assert.ok((stats.frames ?? 0) >= frames, "a frame without a video in it");
        assert.deepEqual(stats.framesBy, { [transport]: stats.frames });
        assert.equal(stats.swapped.length, 1);
        return outputPath;
      };
      const renderAll = (mode: RenderMode) => async (): Promise<string> => {
        const chunks = await Promise.all([renderChunk(mode, 0), renderChunk(mode, 1)]);
        const outputPath = path.join(mkdtempSync(path.join(dir, `${mode}-`)), "video.mp4");
        await runStep({ ...common, does: "assemble", chunks, outputPath }, "plain");
        assert.ok((await distinctFrames(outputPath)) >= FRAMES - 1);
        return outputPath;
      };
      await assertAgree(renderAll("plain"), renderAll("native"), FRAMES);
    });
  });
}
