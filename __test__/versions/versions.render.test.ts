// Versions: those that are installed are swapped, and one that is not renders the same. `npm run compat` does it with all of them.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { checkPackages } from "../../dist/tools/cli/doctor/packages.js";
import { installedPackages } from "../../dist/tools/cli/host/installed-packages.js";
import { UPSTREAM_PACKAGES } from "../../dist/ts/register/upstream-package.js";
import { checkPictures } from "../long/compat/check-pictures.ts";
import { checkSwap } from "../long/compat/check-swap.ts";
import { install } from "../long/compat/install.ts";
import type { PicturesOutcome } from "../long/compat/results.ts";
import type { Target } from "../long/compat/targets.ts";
import { root } from "../support/paths.ts";

describe("the installed versions are swapped, the clip of screenshots too", () => {
  for (const host of installedPackages([root], "")) {
    it(`${host.name} ${host.version}`, () => {
      assert.ok(UPSTREAM_PACKAGES.has(host.name));
      assert.deepEqual(
        checkPackages([host], []).map(({ code }) => code),
        ["PACKAGE_SWAPPED"],
      );
    });
  }
});

// Its hook ends with a redraw of colour grading, which later versions do elsewhere.
describe("producer 0.7.48, installed from the registry", () => {
  const target: Target = { kind: "producer", version: "0.7.48" };
  let directory: string;

  before(async () => {
    ({ directory } = await install(target));
  });

  it("is swapped", async () => {
    assert.deepEqual(await checkSwap(target, directory), { swapped: true, clip: true, reason: null });
  });

  for (const scene of ["clips", "graded"] as const) {
    it(`renders the same: ${scene}`, async () => {
      const outcomes = await checkPictures(target, directory, true, [
        { scene, capture: "beginframe", frameFormat: "jpg" },
      ]);
      const [outcome]: Partial<PicturesOutcome>[] = outcomes;
      assert.equal(outcome?.differing, 0);
      assert.ok((outcome?.frames ?? 0) > 0);
    });
  }
});
