/** Renders of the published producer in this process, through the load hook. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { compareFrames } from "../../support/compare-frames.ts";
import { oneVideo, writeComposition } from "../../support/composition.ts";
import { producerRenderer } from "../../support/installed.ts";
import { makeVideo } from "../../support/media.ts";

const FPS = 15;
const SECONDS = 2;
const SIZE = { width: 160, height: 90 };

export class ProducerRenders {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async prepare(folder: string): Promise<ProducerRenders> {
    const src = await makeVideo({ ...SIZE, kind: "noise", fps: FPS, seconds: SECONDS, seed: 5 });
    writeComposition(join(folder, "project"), oneVideo(src, SIZE, SECONDS));
    process.env.HYPERFRAMES_EXTRACT_CACHE_DIR = join(folder, "extracted");
    return new ProducerRenders(folder);
  }

  /** Renders, and compares the pictures with those of the first render; gives how many there were. */
  async render(n: number): Promise<number> {
    const renderer: typeof import("@hyperframes/producer") = await import(producerRenderer.entry);
    const first = join(this.#folder, "render-0.mp4");
    const output = n === 0 ? first : join(this.#folder, "render-n.mp4");
    const job = renderer.createRenderJob({
      fps: { num: FPS, den: 1 },
      quality: "standard",
      videoFrameFormat: "png",
      workers: 1,
      format: "mp4",
      entryFile: "index.html",
      logger: { error: console.error, warn: console.warn, info: () => {}, debug: () => {} },
    });
    const { log } = console;
    console.log = () => {}; // it has lines besides its logger's
    try {
      await renderer.executeRenderJob(job, join(this.#folder, "project"), output);
    } finally {
      console.log = log;
    }
    const { frames, identical } = await compareFrames(first, output);
    assert.ok(identical, `the producer's render ${n} is not the first one`);
    return frames;
  }
}
