/** Compile-time: the drop-in is assignable to what it replaces. `npm run typecheck` is what fails here. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { createVideoFrameInjector as upstreamInjector } from "@hyperframes/engine";
import type { createVideoFrameInjector as producerInjector } from "@hyperframes/producer";
import { createVideoFrameInjector, type PageFunctions } from "hyperframes-native";

type Engine = typeof import("@hyperframes/engine");

export const forEngine: typeof upstreamInjector = createVideoFrameInjector;
export const forProducer: typeof producerInjector = createVideoFrameInjector;
export const enginePageFunctions = (engine: Engine): PageFunctions => engine;

test("the drop-in has upstream's signature", () => {
  assert.equal(forEngine, forProducer);
  assert.equal(createVideoFrameInjector.length, 2);
});
