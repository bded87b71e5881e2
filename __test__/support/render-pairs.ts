// The same composition rendered without the drop-in and with it: the pictures have to be the same, bit for bit.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ProcessReportJson } from "hyperframes-native";
import { judgePictures, tellFlicker } from "../../dist/tools/bench/judge-pictures.js";
import { compareFrames, distinctFrames } from "./compare-frames.ts";
import { type CompositionOptions, writeComposition } from "./composition.ts";
import { FrameFolder } from "./frames.ts";
import { root } from "./paths.ts";
import { type Capture, type RenderMode, type RenderOptions, render } from "./render.ts";
import type { Transport } from "./variants.ts";

const TIMEOUT_MS = 120_000;

/** How a composition is rendered, with the drop-in and without it alike. */
export interface Variant
  extends Pick<RenderOptions, "fps" | "outputFormat" | "producer" | "motionBlur" | "env" | "node"> {
  readonly capture: Capture;
  readonly frameFormat: "auto" | "jpg" | "png";
  readonly workers: number;
}

/** One render and what is known of it. */
export interface Rendered {
  /** As ffmpeg reads it. */
  readonly video: string;
  readonly frames: number;
  /** The capture mode and worker count that the producer ended up with. */
  readonly capture: string | undefined;
  readonly workers: number;
  /** Endings of the frames that ffmpeg extracted. */
  readonly extracted: readonly string[];
  readonly stats: ProcessReportJson | null;
  readonly lingered: readonly string[] | null;
  readonly log: string;
}

/** The compositions and renders of one test file. Plain renders are made once for each composition and variant. */
export class RenderPairs {
  readonly #dir: string;
  readonly #plain = new Map<string, Promise<Rendered>>();

  /** What it writes goes with the tests that `after` is of. */
  constructor(tests: { after(cleanUp: () => void): void }) {
    this.#dir = new FrameFolder(tests).path;
  }

  /** Writes a composition; its name stands for it from then on. */
  write(name: string, composition: CompositionOptions): void {
    writeComposition(path.join(this.#dir, name), composition);
  }

  /** What a render without the drop-in gives; the same one whenever it is asked for. */
  plain(name: string, variant: Variant): Promise<Rendered> {
    const key = JSON.stringify([name, variant]);
    let rendered = this.#plain.get(key);
    if (rendered === undefined) {
      rendered = this.#render("plain", name, variant);
      this.#plain.set(key, rendered);
    }
    return rendered;
  }

  /**
   * Renders with the drop-in and asserts that it did all the work, by the transport asked for, and changed nothing. `settings` are variables
   * that only the drop-in reads.
   */
  async assertSame(
    name: string,
    variant: Variant,
    transport: Transport,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Rendered> {
    const plain = await this.plain(name, variant);
    const native = await this.#render("native", name, variant, transport, settings);
    for (const { capture, workers } of [plain, native]) {
      // The producer changes to another capture mode or worker count on its own where it has to.
      // It says nothing of the capture where it composes layers itself, which it does from screenshots.
      assert.equal(capture ?? "screenshot", variant.capture);
      assert.equal(workers, variant.workers);
    }
    assert.deepEqual(native.extracted, plain.extracted);
    assertCarriedBy(native, transport);
    await this.#assertSamePictures(name, variant, plain, native);
    return native;
  }

  /**
   * Renders with the drop-in while variables make something fail, and asserts that the video is right all the same, and that
   * there was one warning and no more.
   */
  async assertSurvives(
    name: string,
    variant: Variant,
    transport: Transport,
    faults: Readonly<Record<string, string>>,
  ) {
    const plain = await this.plain(name, variant);
    const native = await this.#render("native", name, variant, transport, faults);
    const { stats, log, lingered, frames } = native;
    assert.ok(stats);
    assert.ok((stats.frames ?? 0) >= frames);
    assert.equal(lingered, null, "the process did not end by itself");
    assert.equal(log.match(/HyperframesNativeWarning/g)?.length, 1, log);
    await this.#assertSamePictures(name, variant, plain, native);
    return { ...native, stats };
  }

  /** Renders with the drop-in switched off, and asserts that nothing is changed. */
  async assertStock(name: string, variant: Variant): Promise<Rendered> {
    const plain = await this.plain(name, variant);
    const stock = await this.#render("stock", name, variant);
    await this.#assertSamePictures(name, variant, plain, stock);
    return stock;
  }

  /** Asserts that a composition shows something else than another one, or than in another variant; gives how many frames differ. */
  async assertDiffers(name: string, control: string, variant: Variant, other = variant): Promise<number> {
    const [scene, controlled] = [await this.plain(name, variant), await this.plain(control, other)];
    const { differing } = await compareFrames(scene.video, controlled.video);
    assert.ok(differing > 0, `${name} shows the same as ${control}`);
    return differing;
  }

  /**
   * Asserts that a composition moves: that at least so many of its frames are different pictures, seen through one of ffmpeg's
   * filters.
   */
  async assertMoves(name: string, variant: Variant, least: number, filter?: string): Promise<void> {
    const distinct = await this.distinct(name, variant, filter);
    assert.ok(distinct >= least, `${name} has ${distinct} different frames only`);
  }

  /** How many different pictures a composition shows, seen through one of ffmpeg's filters. */
  async distinct(name: string, variant: Variant, filter?: string): Promise<number> {
    return distinctFrames((await this.plain(name, variant)).video, filter);
  }

  async #render(
    mode: RenderMode,
    name: string,
    variant: Variant,
    transport?: Transport,
    further = {},
  ): Promise<Rendered> {
    // Each render extracts for itself, so that none sees what another left behind.
    const scratch = mkdtempSync(path.join(this.#dir, `${mode}-`));
    const extracted = path.join(scratch, "extracted");
    const { outputFormat = "mp4" } = variant;
    const pictures = outputFormat === "png-sequence";
    const outputPath = path.join(scratch, pictures ? "pictures" : `out.${outputFormat}`);
    const { perfSummary, stats, lingered, log } = await render({
      ...variant,
      projectDir: path.join(this.#dir, name),
      outputPath,
      mode,
      extractCacheDir: extracted,
      timeoutMs: TIMEOUT_MS,
      crf: outputFormat === "mp4" ? 0 : null,
      env: {
        ...variant.env,
        ...further,
        ...(transport === undefined ? {} : { HYPERFRAMES_NATIVE_TRANSPORT: transport }),
      },
    });
    return {
      video: pictures ? path.join(outputPath, "frame_%06d.png") : outputPath,
      frames: perfSummary.totalFrames,
      capture: perfSummary.drawElement?.mode,
      workers: perfSummary.workers,
      extracted: extractedFormats(extracted),
      stats,
      lingered,
      log,
    };
  }

  async #assertSamePictures(
    name: string,
    variant: Variant,
    plain: Rendered,
    native: Rendered,
  ): Promise<void> {
    const again: Record<string, Rendered> = {};
    const verdict = await judgePictures([plain.video], [native.video], async (n) => {
      const rendered = await this.#render("plain", name, variant);
      again[`plain-${n}`] = rendered;
      return rendered.video;
    });
    assert.equal(verdict.frames, plain.frames);
    const differing = verdict.differing.flat();
    if (differing.length === 0) return;
    const kept = keepEvidence(`${name}-${variantName(variant)}`, { plain, native, ...again });
    assert.fail(
      `${differing.length} of ${verdict.frames} frames differ from all of ${verdict.stocks} plain renders: ` +
        `${differing.join(", ")}. ${tellFlicker(verdict)} Kept in ${kept}`,
    );
  }
}

/** Every value in it, as part of a file name. */
function variantName(variant: Variant): string {
  return JSON.stringify(Object.values(variant)).replaceAll(/[^\w]+/g, "-");
}

function assertCarriedBy({ frames, stats, lingered }: Rendered, transport: Transport): void {
  assert.ok(stats);
  assert.equal(stats.mode, "native");
  assert.ok(stats.hook.calls >= frames, `${stats.hook.calls} calls of the hook for ${frames} frames`);
  assert.ok((stats.frames ?? 0) > 0, "no frame was injected");
  assert.deepEqual(stats.fallbacks, []);
  assert.equal(lingered, null, "the process did not end by itself");
  // `auto` may choose step by step; what it has to choose depends on the composition.
  if (transport !== "auto") assert.deepEqual(stats.framesBy, { [transport]: stats.frames });
}

function extractedFormats(extracted: string): string[] {
  const files = readdirSync(extracted, { recursive: true, encoding: "utf8" });
  const frames = files.filter((file) => /frame_\d+\.\w+$/.test(file));
  return [...new Set(frames.map((file) => path.extname(file)))].sort();
}

/** Copies the videos and logs of renders that should have been alike to where they outlive the test. */
function keepEvidence(name: string, renders: Readonly<Record<string, Rendered>>): string {
  const target = path.join(root, "out", "render-failures", name);
  mkdirSync(target, { recursive: true });
  for (const [label, { video, log }] of Object.entries(renders)) {
    // Numbered pictures are too many to keep; the log says what there is to say.
    if (!video.includes("%")) copyFileSync(video, path.join(target, `${label}${path.extname(video)}`));
    writeFileSync(path.join(target, `${label}.log`), log);
  }
  return target;
}
