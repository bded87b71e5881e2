/** A module that takes a screenshot with a clip, in the few statements that the swap of the clip looks at. */
export const CAPTURE_SAMPLE = [
  "export async function pageScreenshotCapture(page, options) {",
  "  const dpr = options.deviceScaleFactor ?? 1;",
  "  const clip = { x: 0, y: 0, width: options.width, height: options.height, scale: dpr };",
  "  const params = { captureBeyondViewport: options.captureBeyondViewport ?? false, clip };",
  "  return { ['cl' + 'ip']: params['cl' + 'ip'] };",
  "}",
].join("\n");
