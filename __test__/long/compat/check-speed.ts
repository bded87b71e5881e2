// Whether a version's frames come faster with the drop-in than without it.
import { rmSync } from "node:fs";
import path from "node:path";
import { alternate } from "../../../dist/tools/bench/alternate.js";
import { root } from "../../support/paths.ts";
import { renderVersion } from "./render-version.ts";
import type { SpeedOutcome } from "./results.ts";
import { writeSpeedScene } from "./scenes.ts";
import { nameOf, type Target } from "./targets.ts";

export interface SpeedOptions {
  readonly pairs: number;
  readonly frames: number;
  readonly captures: ReadonlyArray<"beginframe" | "screenshot">;
  readonly formats: ReadonlyArray<"jpg" | "png">;
}

/** Renders stock and native in turn; what is compared is the median from one frame to the next. */
export async function checkSpeed(
  target: Target,
  directory: string,
  { pairs, frames, captures, formats }: SpeedOptions,
): Promise<SpeedOutcome[]> {
  const projectDir = await writeSpeedScene(frames);
  const outputs = path.join(root, "out", "compat", nameOf(target));
  const outcomes: SpeedOutcome[] = [];
  for (const capture of captures) {
    for (const frameFormat of formats) {
      const label = `${capture}, ${frameFormat}`;
      const one = async (mode: "stock" | "native") => {
        const outputPath = path.join(outputs, `${mode}-speed.mp4`);
        const { frameMs } = await renderVersion(target, directory, {
          ...{ projectDir, mode, capture, frameFormat, outputPath },
        });
        if (frameMs === null) throw new Error(`${label}: the ${mode} render called no hook`);
        return frameMs;
      };
      outcomes.push(await speedOf(label, pairs, one));
    }
  }
  rmSync(outputs, { recursive: true, force: true });
  return outcomes;
}

/** Milliseconds of so many pairs, stock and native in turn. */
export async function speedOf(
  variant: string,
  pairs: number,
  one: (mode: "stock" | "native") => Promise<number>,
): Promise<SpeedOutcome> {
  const [stockMs, nativeMs]: [number[], number[]] = [[], []];
  for (let n = 0; n < pairs; n++) {
    const { stock, native } = await alternate(n, one);
    stockMs.push(Math.round(stock));
    nativeMs.push(Math.round(native));
  }
  return { variant, stockMs, nativeMs };
}
