export { FrameCache, type FrameCacheOptions, type FrameCacheStats } from "./cache/frame-cache.js";
export { type ErrorCode, type ErrorDetails, FrameError, HyperframesNativeError } from "./errors.js";
export { createVideoFrameInjector, type VideoFrameInjectorOptions } from "./injector/create.js";
export type { BeforeCaptureHook, FrameHook } from "./injector/hook.js";
export type { FrameLookup, FramePayload } from "./lookup/frame-lookup.js";
export { keepDecodedFrames } from "./page/keep-decoded-frames.js";
export type { CapturePage, ProtocolSession } from "./page/page.js";
export type { FrameUpdate, PageFunctions } from "./page/page-functions.js";
export type {
  AheadCounts,
  FallbackCount,
  HookStats,
  HookTimes,
  LargestStep,
  QuietCounts,
} from "./stats/hook-tally.js";
export type { ProcessReportJson, SwapRecord } from "./stats/process-report.js";
export {
  CHOICE_CHANNEL,
  type ChoiceMessage,
  FRAME_CHANNEL,
  type FrameMessage,
  HOOK_CHANNEL,
  type HookMessage,
} from "./telemetry/channels.js";
export type { SummaryLogger } from "./telemetry/render-watch.js";
export type { TransportChoice } from "./transport/policy.js";
export type { SourceKind, TransportName } from "./transport/transport.js";
