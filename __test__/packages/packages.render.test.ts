// The packages as a user installs them: an empty project, the tarballs, the published producer, a render.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { realpathSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { type RenderResult, render } from "../../dist/tools/bench/render.js";
import { installedRenderer } from "../../dist/tools/bench/renderer.js";
import { compareFrames } from "../support/compare-frames.ts";
import { oneVideo, writeComposition } from "../support/composition.ts";
import { FrameFolder } from "../support/frames.ts";
import { makeVideo } from "../support/media.ts";
import { installPacked } from "../support/packed.ts";
import { REGISTER } from "../support/render.ts";

const SIZE = { width: 320, height: 180 } as const;
const FRAMES = 15;
const run = promisify(execFile);
// Node finds modules by their real paths.
const project = realpathSync(new FrameFolder({ after }).path);
// Elsewhere Chrome has no BeginFrame control.
const capture = process.platform === "linux" ? "beginframe" : "screenshot";

before(async () => {
  await installPacked(project, "@hyperframes/producer@0.8.33");
  const src = await makeVideo({ ...SIZE, kind: "noise", fps: 15, seconds: 1, seed: 95 });
  writeComposition(path.join(project, "composition"), oneVideo(src, SIZE, 1));
});

function one(
  name: string,
  mode: "plain" | "native",
  env: Record<string, string> = {},
): Promise<RenderResult> {
  const renderer = installedRenderer("@hyperframes/producer", project);
  assert.ok(renderer);
  assert.ok(renderer.directory.startsWith(project), renderer.directory);
  return render({
    ...{ renderer, mode, capture, frameFormat: "png", fps: 15, env },
    projectDir: path.join(project, "composition"),
    outputPath: path.join(project, `${name}.mp4`),
    register: REGISTER,
    cwd: project,
  });
}

let plain: RenderResult;

describe("the packed packages in an empty project", () => {
  it("render with the drop-in, the same pictures", async () => {
    plain = await one("plain", "plain");
    const native = await one("native", "native", { HYPERFRAMES_NATIVE_TRANSPORT: "inline" });
    assert.deepEqual(native.stats?.framesBy, { inline: FRAMES });
    assert.deepEqual(native.stats?.fallbacks, []);
    const { identical, frames } = await compareFrames(plain.outputPath, native.outputPath);
    assert.deepEqual([identical, frames], [true, FRAMES]);
  });

  it("bring the command, which finds the binary in the platform's package", async () => {
    const command = path.join(project, "node_modules", ".bin", "hyperframes-native");
    const { stdout } = await run(command, ["doctor", "composition", "--json"], {
      cwd: project,
      shell: process.platform === "win32",
    });
    const { findings, verdict } = JSON.parse(stdout);
    assert.equal(verdict.swap, true);
    const binary = findings.find(({ code }: { code: string }) => code === "BINARY_LOADS");
    assert.match(binary?.found ?? "", /@hyperframes-native[\\/]binding-/);
  });

  it("leave upstream alone where the binary is gone: one warning, the same pictures", async () => {
    rmSync(path.join(project, "node_modules", "@hyperframes-native"), { recursive: true });
    const without = await one("without", "native");
    assert.equal(without.log.match(/HyperframesNativeWarning/g)?.length, 1, without.log);
    assert.match(without.log, /BINDING_MISSING.*HyperFrames runs unchanged/);
    assert.deepEqual(without.stats?.fallbacks, [
      { reason: "the native binary could not be loaded", count: 1 },
    ]);
    const { identical, frames } = await compareFrames(plain.outputPath, without.outputPath);
    assert.deepEqual([identical, frames], [true, FRAMES]);
  });
});
