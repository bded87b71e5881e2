import assert from "node:assert/strict";
import { type CapturePage, createVideoFrameInjector } from "hyperframes-native";
import type { Captures } from "../../dist/ts/page/capture-clip.js";
import { PageSession } from "../../dist/ts/page-session.js";
import { FrameFolder, PNG } from "./frames.ts";

/** Has a hook take a frame for the page, which changes nothing there; what is then known of its captures. */
export async function givenFrames(page: CapturePage): Promise<Captures> {
  let removeFolder = () => {};
  const framePath = new FrameFolder({ after: (cleanUp) => (removeFolder = cleanUp) }).write("frame.png", PNG);
  const lookup = { getActiveFramePayloads: () => new Map([["v", { framePath, frameIndex: 0 }]]) };
  const hook = createVideoFrameInjector(lookup, {
    upstream:
      (_, { frameSrcResolver }) =>
      async () =>
        frameSrcResolver(framePath),
    transport: "inline",
    logger: { info: () => undefined },
  });
  await hook?.(page, 0);
  removeFolder();
  const captures = PageSession.of(page)?.captures;
  assert.ok(captures);
  captures.showsFrames = true; // as after a frame that went as a blob
  return captures;
}
