import type { FallbackCount, HookTimes } from "../../ts/telemetry/hook-tally.js";
import type { PicturesVerdict } from "./judge-pictures.js";
import type { ProcessUse } from "./process-watch.js";
import type { RenderMeasures } from "./render-meter.js";
import type { Stages } from "./stages.js";

/** What `hyperframes-native bench` found out; also the JSON that it writes. Times are in milliseconds unless they say otherwise. */
export interface BenchResult {
  /** Version of this package. */
  readonly version: string;
  /** When the measuring began, ISO 8601. */
  readonly startedAt: string;
  /** Name of the project's folder. */
  readonly project: string;
  readonly options: BenchOptions;
  readonly machine: BenchMachine;
  /** How long the warm-up extracted the frames of the source videos, which the renders of the pairs find; `null` where HyperFrames does not say. */
  readonly extractionMs: number | null;
  /** Stock and native of each pair were rendered right after one another. */
  readonly pairs: readonly BenchPair[];
  /** Whether native shows what stock shows, for each pair's native render; `null` before all pairs are rendered. */
  readonly pictures: PicturesVerdict | null;
}

/** How the composition was rendered, both ways alike. */
export interface BenchOptions {
  readonly fps: number;
  /** `auto`: as many as HyperFrames takes by itself; each render says how many that were. */
  readonly workers: number | "auto";
  /** Of the encoder, by HyperFrames' own names. */
  readonly quality: string;
  readonly frameFormat: "auto" | "jpg" | "png";
  /** `auto`: what HyperFrames takes by itself; each render says what that was. */
  readonly capture: "auto" | "beginframe" | "screenshot";
}

/** Where it was rendered, and with what. */
export interface BenchMachine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly node: string;
  /** As the programs name themselves; `null` where they could not be asked. */
  readonly chrome: string | null;
  readonly ffmpeg: string | null;
  /** The HyperFrames package that rendered. */
  readonly renderer: { readonly name: string; readonly version: string };
}

/** One render without the drop-in and one with it. */
export interface BenchPair {
  readonly stock: BenchRender;
  readonly native: BenchRender;
  /** Share of the machine's processors that something else took for a second before the pair, from 0 to 1. */
  readonly busy: number;
}

/** What was measured of one render. */
export interface BenchRender extends Omit<RenderMeasures, "choices"> {
  readonly mode: "stock" | "native";
  /** How its pages were captured, as the producer says; `null` where it does not. */
  readonly capture: string | null;
  /** Pages that were captured side by side, as the producer says. */
  readonly workers: number;
  /** The producer's own median of seek, hook and screenshot; `null` where it gives none. */
  readonly capturedFrameMs: number | null;
  readonly hook: Omit<HookTimes, "totalMs"> & { readonly meanMs: number };
  /** Mean of a frame's time, from one frame to the next. The three parts add up to it. */
  readonly split: {
    readonly hookMs: number;
    /** The seek and the screenshot. */
    readonly captureMs: number;
    /** All else: handing frames to the encoder, waiting for it. */
    readonly otherMs: number;
  };
  /** Where the whole render went; `null` where HyperFrames does not say. All that is in none of them is the rest. */
  readonly stages: Stages | null;
  /** What Node, Chrome and ffmpeg took of the machine; `null` where the system does not say. */
  readonly processes: ProcessUse | null;
  /** Packages whose frame injector was swapped, by name and version; stock renders swap it to time it. */
  readonly swapped: readonly string[];
  /** Packages that were left alone, and why. */
  readonly untouched: readonly string[];
  /** How frames went: counts by transport; empty for a stock render. */
  readonly framesBy: Readonly<Record<string, number>>;
  /** What `auto` chose for a page and why, one line a page; empty for a stock render. */
  readonly choices: readonly string[];
  readonly fallbacks: readonly FallbackCount[];
}
