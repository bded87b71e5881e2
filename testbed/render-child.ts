// One render with the real producer, in a process of its own: `node [--import ...] render-child.ts '<order>'`.
// Its memory and its processor time are those of this render alone.
import { cliProducer } from "./cli-package.ts";
import { forgetPeak, peakRssMb } from "./peak-memory.ts";
import type { RenderMessage, RenderOrder } from "./render-protocol.ts";

/** Longer than puppeteer and the producer need to close their handles. */
const LINGER_MS = 5_000;

async function render(order: RenderOrder): Promise<void> {
  const { createRenderJob, executeRenderJob } =
    order.producer === "cli" ? await cliProducer() : await import("@hyperframes/producer");
  const job = createRenderJob({
    fps: { num: order.fps, den: 1 },
    quality: "standard",
    videoFrameFormat: order.frameFormat,
    workers: order.workers,
    format: order.outputFormat,
    entryFile: "index.html",
    // The older producer's type does not have it; it would ignore it.
    ...(order.motionBlur === null ? {} : { motionBlur: order.motionBlur }),
  });
  const start = performance.now();
  let isCapturing = false;
  await executeRenderJob(job, order.projectDir, order.outputPath, ({ progress, status }, message) => {
    if (!isCapturing && status === "rendering") {
      isCapturing = true;
      forgetPeak();
    }
    send({ type: "progress", done: progress / 100, message });
  });
  const wallMs = performance.now() - start;
  if (job.perfSummary === undefined) throw new Error("The producer gave no performance summary");
  const { user, system } = process.cpuUsage();
  send({
    type: "done",
    perfSummary: job.perfSummary,
    wallMs,
    cpuMs: (user + system) / 1000,
    peakRssMb: peakRssMb(),
  });
}

function send(message: RenderMessage): void {
  process.send?.(message);
}

const order = process.argv[2];
if (order === undefined) throw new Error("usage: render-child.ts '<order as JSON>'");

// With its parent gone nobody would end this process; on SIGTERM puppeteer closes its browser too.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();

await render(JSON.parse(order) as RenderOrder);

// The process is left to end by itself, to see that it does. The timer does not keep it alive; it fires only if something
// else does.
setTimeout(() => {
  send({ type: "lingered", activeResources: process.getActiveResourcesInfo() });
  process.exit(0);
}, LINGER_MS).unref();
