// The demo's HyperFrames project.
import path from "node:path";
import { writeComposition } from "../../__test__/support/composition.ts";
import { root } from "../../__test__/support/paths.ts";
import { Progress } from "../../dist/tools/cli/terminal.js";
import { describeWall } from "./wall.ts";

/** Where the demo puts what it makes. */
export const outDir = path.join(root, "out", "demo");

/** Makes the source videos where they do not exist yet, and the project around them; its folder. */
export async function prepareProject(): Promise<string> {
  const projectDir = path.join(outDir, "project");
  const progress = new Progress("making source videos");
  writeComposition(projectDir, await describeWall((done) => progress.update(done)));
  progress.finish();
  return projectDir;
}
