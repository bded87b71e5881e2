import type { RenderPerfSummary } from "@hyperframes/producer";
import type { RenderMeasures } from "./render-meter.js";

/** Handed to the rendering process as JSON in its first argument. */
export interface RenderOrder {
  /** URL of the module that renders. */
  readonly entry: string;
  readonly projectDir: string;
  readonly outputPath: string;
  readonly fps: number;
  readonly frameFormat: "auto" | "jpg" | "png";
  /** `auto`: as many as HyperFrames takes by itself. */
  readonly workers: number | "auto";
  /** Of the encoder; which names there are is up to the version. */
  readonly quality: string;
  readonly outputFormat: "mp4" | "webm" | "png-sequence";
  /** Only the CLI's producer knows it, and no option of the CLI reaches it. */
  readonly motionBlur: { readonly samplesPerFrame: number } | null;
  /** x264's quality, 0 for none lost: then a captured frame that differs is one decoded frame that does. `null`: the producer's own. */
  readonly crf: number | null;
}

/** Sent by the rendering process while it works. */
export interface RenderProgress {
  readonly type: "progress";
  /** From 0 to 1, over all stages of the render. */
  readonly done: number;
  readonly message: string;
}

/** Sent when the video is written. */
export interface RenderDone {
  readonly type: "done";
  readonly perfSummary: RenderPerfSummary;
  readonly measures: RenderMeasures;
}

/** Sent when the renderer threw, right before the process ends. */
export interface RenderFailed {
  readonly type: "failed";
  readonly message: string;
}

/** Sent when the process had to end itself because something kept it alive. */
export interface RenderLingered {
  readonly type: "lingered";
  readonly activeResources: readonly string[];
}

export type RenderMessage = RenderProgress | RenderDone | RenderFailed | RenderLingered;
