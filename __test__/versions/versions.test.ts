/** The tables of versions: what they say is what was found, and what was found is in them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readResults, type VersionResult } from "../long/compat/results.ts";
import { versionsTable } from "../long/compat/table.ts";
import { compareVersions, selectTargets } from "../long/compat/targets.ts";
import { root } from "../support/paths.ts";

const SAME: VersionResult = {
  kind: "producer",
  version: "0.9.0",
  substitutes: { "@hyperframes/engine": "0.8.33" },
  swap: { swapped: true, clip: true, reason: null },
  pictures: [
    { variant: "clips, beginframe, jpg", frames: 20, differing: 0, framesBy: { file: 40 } },
    { variant: "clips, screenshot, jpg", frames: 20, differing: 0, framesBy: { file: 40 } },
  ],
  speed: [{ variant: "beginframe, jpg", stockMs: [300, 330], nativeMs: [100, 110] }],
};

test("a row says swap, pictures, each pair's ratio and notes", () => {
  const [, , row] = versionsTable([SAME]).split("\n");
  assert.equal(
    row,
    "| producer@0.9.0 | yes | the same: 40 frames in 2 pairs | beginframe, jpg: 3.0, 3.0 times (300 / 100, 330 / 110 ms) " +
      "| with @hyperframes/engine 0.8.33 |",
  );
});

test("what differs, is left alone or failed is said", () => {
  const differs = { ...SAME, pictures: [{ variant: "v", frames: 20, differing: 3, framesBy: {} }] };
  const alone = { kind: "cli", version: "0.5.7", substitutes: {}, failure: "no" } as const;
  const table = versionsTable([
    differs,
    { ...alone, swap: { swapped: false, clip: false, reason: "of another | shape" } },
  ]);
  assert.match(table, /\*\*3 of 20 differ\*\* \(v\)/);
  assert.match(table, /\| hyperframes@0\.5\.7 \| left alone \| {2}\| {2}\| of another \\\| shape; no \|/);
});

test("docs/versions.md shows what __test__/long/compat/results.json holds", () => {
  const results = readResults();
  assert.ok(results.length > 0);
  assert.ok(readFileSync(join(root, "docs/versions.md"), "utf8").includes(`\n${versionsTable(results)}\n`));
});

test("every version of the results renders the same pictures, or says why it was not rendered", () => {
  for (const { kind, version, swap, pictures, failure } of readResults()) {
    assert.ok(swap, `${kind} ${version}`);
    assert.ok((pictures?.length ?? 0) > 0 || failure !== undefined, `${kind} ${version}`);
    for (const { differing, variant } of pictures ?? [])
      assert.equal(differing, 0, `${kind} ${version} ${variant}`);
  }
});

test("versions are ordered by their numbers; a word that names no package is an error", async () => {
  assert.deepEqual(["0.8.9", "0.10.0", "0.8.64"].toSorted(compareVersions), ["0.8.9", "0.8.64", "0.10.0"]);
  assert.deepEqual(
    await selectTargets(["producer@0.8.64", "hyperframes@0.8.170", "@hyperframes/engine@0.8.33"]),
    [
      { kind: "producer", version: "0.8.64" },
      { kind: "cli", version: "0.8.170" },
      { kind: "engine", version: "0.8.33" },
    ],
  );
  await assert.rejects(selectTargets(["studio@1.0.0"]), /studio@1\.0\.0: name producer/);
});
