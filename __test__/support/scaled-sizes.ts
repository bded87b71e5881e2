/** Sources of whole MCUs with the box that they are drawn in, at half their size and less. */
export const SCALED_SIZES = {
  half: { source: { width: 1280, height: 720 }, box: { width: 640, height: 360 } },
  "less than half": { source: { width: 1280, height: 720 }, box: { width: 480, height: 270 } },
  "a quarter": { source: { width: 3840, height: 2160 }, box: { width: 960, height: 540 } },
  "a quarter, upright": { source: { width: 720, height: 1280 }, box: { width: 180, height: 320 } },
} as const;
