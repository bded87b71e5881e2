export { createVideoFrameInjector, type VideoFrameInjectorOptions } from "./create-injector.js";
export { type ErrorCode, type ErrorDetails, FrameError, HyperframesNativeError } from "./errors.js";
export type { FrameLookup, FramePayload, SourceKind, TransportChoice, TransportName } from "./frame.js";
export type { FrameHook } from "./hook.js";
export { FrameCache, type FrameCacheOptions, type FrameCacheStats } from "./native/binding.js";
export type { CapturePage, ProtocolSession } from "./page/page.js";
export { keepDecodedFrames } from "./page-session.js";
export {
  CHOICE_CHANNEL,
  type ChoiceMessage,
  FRAME_CHANNEL,
  type FrameMessage,
  HOOK_CHANNEL,
  type HookMessage,
} from "./telemetry/channels.js";
export type {
  AheadCounts,
  FallbackCount,
  HookStats,
  HookTimes,
  LargestStep,
  QuietCounts,
} from "./telemetry/hook-tally.js";
export type { ProcessReportJson, SwapRecord } from "./telemetry/process-report.js";
export type { SummaryLogger } from "./telemetry/render-watch.js";
export type { BeforeCaptureHook, UpstreamInjector, UpstreamModule } from "./upstream.js";
