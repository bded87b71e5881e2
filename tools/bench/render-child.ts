/**
 * One render with a HyperFrames package, in a process of its own: `node [--import ...] render-child.js '<order>'`. Its memory
 * and its processor time are those of this render alone.
 */
import { RenderMeter } from "./render-meter.js";
import type { RenderMessage, RenderOrder } from "./render-order.js";

/** Longer than puppeteer and the producer need to close their handles. */
const LINGER_MS = 5_000;

async function render(order: RenderOrder): Promise<void> {
  const meter = new RenderMeter();
  const renderer: typeof import("@hyperframes/producer") = await import(order.entry);
  const job = renderer.createRenderJob({
    fps: { num: order.fps, den: 1 },
    // The older producer's type does not have all names.
    quality: order.quality as "standard",
    videoFrameFormat: order.frameFormat,
    ...(order.workers === "auto" ? {} : { workers: order.workers }),
    format: order.outputFormat,
    entryFile: "index.html",
    ...(order.crf === null ? {} : { crf: order.crf }),
    // The older producer's type does not have it; it would ignore it.
    ...(order.motionBlur === null ? {} : { motionBlur: order.motionBlur }),
  });
  let stage = "";
  await renderer.executeRenderJob(
    job,
    order.projectDir,
    order.outputPath,
    ({ progress, status }, message) => {
      if (status === "rendering" && stage !== status) meter.captureStarts();
      if (status !== "rendering" && stage === "rendering") meter.captureEnds();
      stage = status;
      send({ type: "progress", done: progress / 100, message });
    },
  );
  if (job.perfSummary === undefined) throw new Error("The producer gave no performance summary");
  send({ type: "done", perfSummary: job.perfSummary, measures: meter.end() });
}

function send(message: RenderMessage): void {
  process.send?.(message);
}

/** Sends, and waits until it is on its way: a process that ends takes with it what is not. */
function sent(message: RenderMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });
}

const order = process.argv[2];
if (order === undefined) throw new Error("usage: render-child.js '<order as JSON>'");

// With its parent gone nobody would end this process; on SIGTERM puppeteer closes its browser too.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();

try {
  await render(JSON.parse(order) as RenderOrder);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  await sent({ type: "failed", message });
  // Not thrown: Node would print all that hangs on the error.
  const trace = error instanceof Error ? error.stack : undefined;
  await new Promise((resolve) => process.stderr.write(`${trace ?? message}\n`, resolve));
  process.exit(1);
}

// The process is left to end by itself, to see that it does. The timer does not keep it alive; it fires only if something
// else does.
setTimeout(() => {
  send({ type: "lingered", activeResources: process.getActiveResourcesInfo() });
  process.exit(0);
}, LINGER_MS).unref();
