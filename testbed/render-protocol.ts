// What render.ts and its child process tell each other.
import type { RenderPerfSummary } from "@hyperframes/producer";

/** Handed to the child as JSON in its first argument. */
export interface RenderOrder {
  readonly projectDir: string;
  readonly outputPath: string;
  readonly fps: number;
  readonly frameFormat: "auto" | "jpg" | "png";
  readonly workers: number;
  readonly outputFormat: "mp4" | "webm" | "png-sequence";
  /** `package`: the installed `@hyperframes/producer`. `cli`: the newer one that is part of the `hyperframes` CLI. */
  readonly producer: "package" | "cli";
  /** Only the CLI's producer knows it, and no option of the CLI reaches it. */
  readonly motionBlur: { readonly samplesPerFrame: number } | null;
}

/** Sent by the child while it works. */
export interface RenderProgress {
  readonly type: "progress";
  /** From 0 to 1, over all stages of the render. */
  readonly done: number;
  readonly message: string;
}

/** Sent by the child when the video is written. */
export interface RenderDone {
  readonly type: "done";
  readonly perfSummary: RenderPerfSummary;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakRssMb: number;
}

/** Sent by the child when it had to end itself because something kept it alive. */
export interface RenderLingered {
  readonly type: "lingered";
  readonly activeResources: readonly string[];
}

export type RenderMessage = RenderProgress | RenderDone | RenderLingered;
