/** Where Chrome rasters is asked of the browser, once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rastersOnGpu } from "../../dist/ts/page/raster.js";

/** A page of a browser that gives this answer to `SystemInfo.getInfo`. */
function pageOf(answer: () => unknown) {
  let asked = 0;
  const session = {
    send: async () => {
      asked++;
      return answer();
    },
    detach: async () => undefined,
  };
  const browser = { target: () => ({ createCDPSession: async () => session }) };
  return { page: { browser: () => browser }, asked: () => asked };
}

const status = (gpu_compositing: string, rasterization: string) => () => ({
  gpu: { featureStatus: { gpu_compositing, rasterization } },
});

test("it is the GPU where both compositing and raster are enabled", async () => {
  for (const [compositing, raster, expected] of [
    ["enabled", "enabled", true],
    ["enabled", "enabled_force", true],
    ["disabled_software", "enabled", false], // Debian's headless shell with --disable-gpu-compositing
    ["enabled", "disabled_software", false],
  ] as const) {
    const { page, asked } = pageOf(status(compositing, raster));
    assert.equal(await rastersOnGpu(page), expected, `${compositing}, ${raster}`);
    assert.equal(await rastersOnGpu(page), expected);
    assert.equal(asked(), 1);
  }
});

test("a browser that does not tell rasters in software, as far as is known", async () => {
  const refusing = pageOf(() => {
    throw new Error("'SystemInfo.getInfo' wasn't found");
  });
  for (const page of [
    refusing.page,
    pageOf(() => ({})).page,
    {},
    { browser: () => null },
    { browser: () => ({}) },
  ]) {
    assert.equal(await rastersOnGpu(page), false);
  }
});
