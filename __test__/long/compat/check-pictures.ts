// Whether a version renders the same with the drop-in as without it.
import path from "node:path";
import { judgePictures, tellFlicker } from "../../../dist/tools/bench/judge-pictures.js";
import { compareFrames, distinctFrames } from "../../support/compare-frames.ts";
import { root } from "../../support/paths.ts";
import { renderVersion, type VersionRender, type VersionRendered } from "./render-version.ts";
import type { PicturesOutcome } from "./results.ts";
import { FRAMES, writeScenes } from "./scenes.ts";
import { nameOf, type Target } from "./targets.ts";

type Variant = Pick<VersionRender, "capture" | "frameFormat"> & { readonly scene: "clips" | "graded" };

const VARIANTS: readonly Variant[] = [
  { scene: "clips", capture: "beginframe", frameFormat: "jpg" },
  { scene: "clips", capture: "screenshot", frameFormat: "jpg" },
  { scene: "clips", capture: "beginframe", frameFormat: "png" },
  { scene: "clips", capture: "screenshot", frameFormat: "png" },
  { scene: "graded", capture: "screenshot", frameFormat: "jpg" },
];

/**
 * Renders everything plain and native and compares all decoded frames.
 * @throws {Error} where a render was not what it had to be for the comparison to say anything.
 */
export async function checkPictures(
  target: Target,
  directory: string,
  isSwapped: boolean,
  variants = VARIANTS,
): Promise<PicturesOutcome[]> {
  const scenes = await writeScenes();
  const outcomes: PicturesOutcome[] = [];
  // One that is left alone has one way to be rendered.
  for (const variant of isSwapped ? variants : variants.slice(0, 1)) {
    const { scene, ...how } = variant;
    const label = `${scene}, ${how.capture}, ${how.frameFormat}`;
    const one = (mode: "plain" | "native", projectDir = scenes[scene], name: string = mode) =>
      renderVersion(target, directory, {
        ...how,
        ...{ projectDir, mode },
        outputPath: path.join(root, "out", "compat", nameOf(target), `${name}.mp4`),
      });
    const plain = await one("plain");
    const native = await one("native");
    for (const { capture } of [plain, native])
      expect(capture === how.capture, label, `captured by ${capture}`);
    const distinct = await distinctFrames(plain.outputPath);
    expect(distinct >= FRAMES[scene] - 1, label, `only ${distinct} frames differ from one another`);
    if (scene === "graded") {
      const control = await one("plain", scenes.notGraded, "control");
      const { differing } = await compareFrames(plain.outputPath, control.outputPath);
      // Before colour grading there was nothing to draw.
      if (differing === 0) continue;
    }
    const framesBy = carried(native, isSwapped, label);
    const verdict = await judgePictures(
      [plain.outputPath],
      [native.outputPath],
      async (n) => (await one("plain", undefined, `plain-${n}`)).outputPath,
    );
    if (verdict.flickering.length > 0) console.log(`${label}: ${tellFlicker(verdict)}`);
    const { frames, differing } = verdict;
    outcomes.push({ variant: label, frames, differing: differing.flat().length, framesBy });
  }
  return outcomes;
}

/** How the native render's frames went; it must have been what it says. */
function carried({ stats, log }: VersionRendered, isSwapped: boolean, label: string) {
  if (!isSwapped) {
    const warnings = log.split("SWAP_NOT_CLEAN").length - 1;
    expect(warnings === 1 && (stats?.hooks ?? 0) === 0, label, `${warnings} warnings, ${stats?.hooks} hooks`);
    return {};
  }
  expect(stats !== null && stats.mode === "native" && stats.swapped.length > 0, label, "it was not swapped");
  expect((stats?.frames ?? 0) > 0, label, "no frame went the native way");
  expect(stats?.fallbacks.length === 0, label, `it fell back: ${JSON.stringify(stats?.fallbacks)}`);
  return stats?.framesBy ?? {};
}

function expect(condition: boolean, label: string, otherwise: string): void {
  if (!condition) throw new Error(`${label}: ${otherwise}`);
}
