/** The tables of versions: what they say is what was found, and what was found is in them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readResults } from "../long/compat/results.ts";
import { versionsTable } from "../long/compat/table.ts";
import { root } from "../support/paths.ts";

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
