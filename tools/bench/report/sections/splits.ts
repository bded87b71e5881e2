/** What the time of a render is made of: the whole, the processors', and that of a frame. */
import { restMs } from "../../measures.js";
import { quantity } from "../../quantity.js";
import type { BenchPair, BenchRender, BenchResult } from "../../result.js";
import { type Html, html } from "../html.js";
import { line, meanPart, stacks } from "../stacks.js";

/** Threads of Chrome that are told; all others take next to nothing. */
const THREADS = 8;

/** What the whole render's time is made of; `null` where HyperFrames does not say. */
export function wholeSplit({ pairs, extractionMs }: BenchResult): Html | null {
  const stages = renders(pairs).map(({ stages }) => stages);
  if (stages.includes(null)) return null;
  const encodesAfter = stages.some((one) => one?.encodeMs !== null);
  const parts = [
    meanPart("Extraction", pairs, ({ stages }) => (stages?.extractMs ?? 0) / 1000),
    meanPart("Capture", pairs, ({ stages }) => (stages?.captureMs ?? 0) / 1000),
    ...(encodesAfter ? [meanPart("Encoding", pairs, ({ stages }) => (stages?.encodeMs ?? 0) / 1000)] : []),
    meanPart("The rest", pairs, (render) => (restMs(render) ?? 0) / 1000),
  ];
  const before =
    extractionMs === null
      ? ""
      : ` in ${quantity(extractionMs / 1000, "s")}, which the drop-in does not change`;
  return html`<section class="card"><h2>Where the whole render's time goes</h2>
<p class="soft">By HyperFrames' own account${meanOf(pairs)}. ${encodesAfter ? null : "Frames are encoded while they are captured. "}What the
drop-in can change is the capture. The warm-up had extracted the videos' frames${before}.</p>
${stacks(parts, "s", "Whole render")}</section>`;
}

/** Which process took the processors' time; `null` where the system does not say. */
export function processorTime({ pairs }: BenchResult): Html | null {
  if (renders(pairs).some(({ processes }) => processes === null)) return null;
  const parts = [
    meanPart("Chrome", pairs, ({ processes }) => (processes?.cpuMs.chrome ?? 0) / 1000),
    meanPart("Node", pairs, ({ cpuMs }) => cpuMs / 1000),
    meanPart("ffmpeg", pairs, ({ processes }) => (processes?.cpuMs.ffmpeg ?? 0) / 1000),
  ];
  const names = renders(pairs).flatMap(
    ({ processes }) => processes?.chromeThreads.map(({ name }) => name) ?? [],
  );
  const threads = Array.from(new Set(names), (name) =>
    meanPart(name, pairs, ({ processes }) => {
      const thread = processes?.chromeThreads.find((one) => one.name === name);
      return (thread?.cpuMs ?? 0) / 1000;
    }),
  ).toSorted((a, b) => b.stock + b.native - a.stock - a.native);
  return html`<section class="card"><h2>Processor time by process</h2>
<p class="soft">Of all cores together${meanOf(pairs)}. Below, the threads of Chrome that took the most.</p>
${stacks(parts, "s", "Processor time")}
<table class="split threads"><thead><tr><th scope="col">Chrome's threads</th><th scope="col">Stock</th><th scope="col">Native</th></tr></thead>
<tbody>${threads.slice(0, THREADS).map(({ title, stock, native }) => line(title, stock, native, "s"))}</tbody></table></section>`;
}

/** What a frame's time is made of. */
export function frameSplit({ pairs }: BenchResult): Html {
  const parts = [
    meanPart("Hook", pairs, ({ split }) => split.hookMs),
    meanPart("Seek and screenshot", pairs, ({ split }) => split.captureMs),
    meanPart("Other", pairs, ({ split }) => split.otherMs),
  ];
  return html`<section class="card"><h2>Where a frame's time goes</h2>
<p class="soft">Mean time from one frame to the next${meanOf(pairs)}.
Other is handing frames to the encoder and waiting for it.</p>
${stacks(parts, "ms", "Frame to frame")}</section>`;
}

function renders(pairs: readonly BenchPair[]): readonly BenchRender[] {
  return pairs.flatMap(({ stock, native }) => [stock, native]);
}

function meanOf(pairs: readonly BenchPair[]): string {
  return pairs.length === 1 ? "" : ", mean over the pairs, so that the parts add up";
}
