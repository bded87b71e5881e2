import { captureClip } from "./capture-clip.js";
import type { CapturePage, ProtocolSession } from "./page.js";

/**
 * Makes the screenshots that go through `session` keep what the page has decoded: where the hook gave the page frames,
 * `Page.captureScreenshot` leaves out a clip that is the whole viewport at scale 1, unless the page is scrolled. For code that imports the injector and captures through the engine; the
 * register hook does the same by itself.
 *
 * @param page puppeteer's page.
 * @param session the DevTools session that its screenshots go through: `await getCdpSession(page)` of
 * `@hyperframes/engine`.
 * @example
 * ```ts
 * import { type CaptureSession, getCdpSession } from "@hyperframes/engine";
 * import { keepDecodedFrames } from "hyperframes-native";
 *
 * export async function keepFramesOf({ page }: CaptureSession): Promise<void> {
 *   keepDecodedFrames(page, await getCdpSession(page));
 * }
 * ```
 */
export function keepDecodedFrames(page: CapturePage, session: ProtocolSession): void {
  const send = session.send;
  session.send = function (method, ...rest) {
    const [parameters] = rest;
    if (method !== "Page.captureScreenshot" || parameters?.clip === undefined)
      return send.call(this, method, ...rest);
    const capture = async () =>
      send.call(this, method, { ...parameters, clip: await captureClip(page, parameters, parameters.clip) });
    return capture();
  };
}
