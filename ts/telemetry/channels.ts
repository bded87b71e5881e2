import { channel } from "node:diagnostics_channel";
import type { SourceKind, StepFrame, TransportName } from "../frame.js";
import type { TakenSource } from "../page-session.js";

/** Name of the channel with a {@link FrameMessage} for each frame that upstream's hook took. */
export const FRAME_CHANNEL = "hyperframes-native:frame";

/** Name of the channel with a {@link HookMessage} at the end of each call of a hook. */
export const HOOK_CHANNEL = "hyperframes-native:hook";

/** Name of the channel with a {@link ChoiceMessage} when a page was found to take a transport. */
export const CHOICE_CHANNEL = "hyperframes-native:transport";

/** One frame of one video, as upstream's hook took it for the page. */
export interface FrameMessage extends StepFrame {
  /** Seconds on the composition's clock. */
  readonly time: number;
  readonly transport: SourceKind;
  /** Bytes of its source: of the file where Chrome took the file, of the data URI where it was sent inline. */
  readonly bytes: number;
}

/** One call of a hook that has ended, well or not. */
export interface HookMessage {
  /** Seconds on the composition's clock. */
  readonly time: number;
  /** Which path did the work: `upstream` with `HYPERFRAMES_NATIVE=off` and statistics on, or after a fault of the native side. */
  readonly path: "native" | "upstream";
  readonly durationMs: number;
  /** Frames that upstream's hook took in this call; `null` where upstream's own hook does not tell. */
  readonly frames: number | null;
  /** The reason that the call rejected with; absent where it went well. */
  readonly error?: unknown;
}

/** How a page takes its frames. */
export interface ChoiceMessage {
  readonly transport: TransportName;
  /** Why the ones before it were not taken, in order. */
  readonly rejected: readonly string[];
}

const frames = channel(FRAME_CHANNEL);
const calls = channel(HOOK_CHANNEL);
const choices = channel(CHOICE_CHANNEL);

/** Publishes the frames of a step. Nothing is made of them while nobody listens. */
export function publishFrames(time: number, sources: readonly TakenSource[]): void {
  if (!frames.hasSubscribers) return;
  for (const { frame, kind, bytes } of sources) {
    const { videoId, framePath, frameIndex } = frame;
    const message: FrameMessage = { time, videoId, framePath, frameIndex, transport: kind, bytes };
    frames.publish(message);
  }
}

export function publishChoice(message: ChoiceMessage): void {
  if (choices.hasSubscribers) choices.publish(message);
}

/** The error of a call that failed. */
export type CallFailure = Required<Pick<HookMessage, "error">>;

export function publishCall(
  time: number,
  path: HookMessage["path"],
  durationMs: number,
  taken: number | null,
  failure: CallFailure | undefined,
): void {
  if (!calls.hasSubscribers) return;
  const message: HookMessage = { time, path, durationMs, frames: taken, ...failure };
  calls.publish(message);
}
