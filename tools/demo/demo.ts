// Renders one composition with HyperFrames as it is and once more with the drop-in, and compares the two videos.
import { mkdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { writeContactSheet } from "../../__test__/support/contact-sheet.ts";
import { type RenderResult, render } from "../../__test__/support/render.ts";
import { judgePictures, tellFlicker } from "../../dist/tools/bench/judge-pictures.js";
import { Progress } from "../../dist/tools/cli/terminal.js";
import { outDir, prepareProject } from "./project.ts";
import { resultTable } from "./table.ts";
import { SHEET_TIMES } from "./wall.ts";

async function renderAs(
  projectDir: string,
  mode: "stock" | "native",
  name: string = mode,
): Promise<RenderResult> {
  const progress = new Progress(`rendering ${name}`);
  const result = await render({
    projectDir,
    outputPath: path.join(outDir, `${name}.mp4`),
    mode,
    capture: "beginframe",
    onProgress: ({ done }) => progress.update(done),
  });
  progress.finish();
  return result;
}

/** Says where something is, short where it is below the working directory. */
function place(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") ? file : relative;
}

mkdirSync(outDir, { recursive: true });
const projectDir = await prepareProject();
const stock = await renderAs(projectDir, "stock");
const native = await renderAs(projectDir, "native");

let comparing = new Progress("comparing all frames");
const verdict = await judgePictures([stock.outputPath], [native.outputPath], async (n) => {
  comparing.finish();
  const { outputPath } = await renderAs(projectDir, "stock", `stock-${n}`);
  comparing = new Progress("comparing all frames");
  return outputPath;
});
const sheet = path.join(outDir, "contact-sheet.png");
await writeContactSheet({
  rows: [
    { label: "stock", video: stock.outputPath },
    { label: "native", video: native.outputPath },
  ],
  times: SHEET_TIMES,
  outputPath: sheet,
});
comparing.finish();

console.log(`
stock    ${place(stock.outputPath)}
native   ${place(native.outputPath)}
both     ${place(sheet)}

${resultTable(stock, native)}

Four 1080p videos at once, ${verdict.frames} frames, BeginFrame capture, ${os.availableParallelism()} cores.
`);

const replaced =
  native.stats?.mode === "native" && native.stats.hook.calls > 0 && (native.stats.frames ?? 0) > 0;
if (!replaced) {
  console.log("FAILED: the native frame path did not run; the second render was HyperFrames' own.");
  process.exitCode = 1;
}
const differing = verdict.differing.flat().length;
if (differing > 0) {
  console.log(`FAILED: ${differing} decoded frames differ. ${tellFlicker(verdict)}`);
  process.exitCode = 1;
} else if (verdict.flickering.length > 0) {
  console.log(`No decoded frame differs otherwise than HyperFrames' own. ${tellFlicker(verdict)}`);
} else {
  console.log(`All ${verdict.frames} decoded frames are identical.`);
}
