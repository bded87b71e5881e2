/** Where the time of a whole render went, in milliseconds, by HyperFrames' own account. */
export interface Stages {
  /** Frames of the source videos are extracted, or found in the cache. */
  readonly extractMs: number;
  /** Frames are captured; where they are encoded meanwhile, that is in it. */
  readonly captureMs: number;
  /** The video is encoded after the capture; `null` where it was encoded meanwhile. */
  readonly encodeMs: number | null;
}

/** A stage that ended or failed. Source: the producer's log, of producer 0.8.33 and CLI 0.8.170. */
const TRACE = /^\[INFO\] \[Render:trace\] .*?"phase":"(\w+)","status":"(?:end|error)".*?"durationMs":(\d+)/gm;

/** Reads the log of a render; `null` where it says nothing of a capture, as that of older versions. */
export function stagesOf(log: string): Stages | null {
  const sums = new Map<string, number>();
  for (const [, phase = "", ms] of log.matchAll(TRACE)) {
    // How frames are captured is in the name: capture_streaming, capture_disk. What is tried before is no capture.
    const stage = /^capture_(?!calibration)/.test(phase) ? "capture" : phase;
    sums.set(stage, (sums.get(stage) ?? 0) + Number(ms));
  }
  const captureMs = sums.get("capture");
  if (captureMs === undefined) return null;
  return { extractMs: sums.get("video_extract") ?? 0, captureMs, encodeMs: sums.get("encode") ?? null };
}
