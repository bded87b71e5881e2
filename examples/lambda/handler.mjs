// A Lambda function that renders one chunk of a plan (../distributed/plan.mjs). Plan and chunks are on a file system that all
// functions mount, such as Amazon EFS. Bundled by build.mjs; the drop-in is put into the bundle there.
import { renderChunkV2 } from "@hyperframes/producer/distributed";

const root = process.env.LAMBDA_TASK_ROOT;
// ffmpeg and ffprobe come along in bin/.
if (root !== undefined) process.env.PATH = `${root}/bin:${process.env.PATH}`;

export async function handler({ planDir, chunkIndex, outputPath }) {
  if (!process.env.PRODUCER_HEADLESS_SHELL_PATH) {
    const { default: chromium } = await import("@sparticuz/chromium");
    process.env.PRODUCER_HEADLESS_SHELL_PATH = await chromium.executablePath();
  }
  const { framesEncoded, sha256 } = await renderChunkV2(planDir, chunkIndex, outputPath);
  return { outputPath, framesEncoded, sha256 };
}
