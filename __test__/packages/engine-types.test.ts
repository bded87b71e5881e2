/** Compile-time: the drop-in is assignable to what it replaces. `npm run typecheck` is what fails here. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  BeforeCaptureHook,
  CaptureSession,
  EngineConfig,
  FrameLookupTable,
  getCdpSession,
  createVideoFrameInjector as upstreamInjector,
} from "@hyperframes/engine";
import type { createVideoFrameInjector as producerInjector } from "@hyperframes/producer";
import {
  createVideoFrameInjector,
  type FrameHook,
  type FrameLookup,
  keepDecodedFrames,
  type UpstreamModule,
  type VideoFrameInjectorOptions,
} from "hyperframes-native";

type Engine = typeof import("@hyperframes/engine");

export const forEngine: typeof upstreamInjector = createVideoFrameInjector;
export const forProducer: typeof producerInjector = createVideoFrameInjector;
export const enginePageFunctions = (engine: Engine): UpstreamModule => engine;
// The parts that a fork of upstream hands over or takes, each for itself.
export const hook = (made: FrameHook): BeforeCaptureHook => made;
export const sessionHook = (made: FrameHook): CaptureSession["onBeforeCapture"] => made;
export const lookup = (table: FrameLookupTable): FrameLookup => table;
export const config = (whole: EngineConfig): VideoFrameInjectorOptions => whole;
export const upstreamOptions = (
  options: NonNullable<Parameters<typeof upstreamInjector>[1]>,
): VideoFrameInjectorOptions => options;
export const decoded = async (session: CaptureSession, cdp: typeof getCdpSession) =>
  keepDecodedFrames(session.page, await cdp(session.page));

test("the drop-in has upstream's signature", () => {
  assert.equal(forEngine, forProducer);
  assert.equal(createVideoFrameInjector.length, 2);
});
