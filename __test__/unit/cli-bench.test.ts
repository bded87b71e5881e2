// `hyperframes-native bench` where it renders nothing, as a user starts it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "hyperframes-native-cli-bench-"));
const project = join(dir, "project");
mkdirSync(project);
writeFileSync(join(project, "index.html"), "<!doctype html>");
after(() => rmSync(dir, { recursive: true, force: true }));

/** Node as it was before 22.15. */
const WITHOUT_HOOKS = `data:text/javascript,${encodeURIComponent(
  'import module, { syncBuiltinESMExports } from "node:module"; module.registerHooks = undefined; syncBuiltinESMExports();',
)}`;

function bench(nodeArgs: readonly string[], ...args: string[]) {
  const all = [...nodeArgs, program, "bench", project, ...args];
  return spawnSync(process.execPath, all, { cwd: dir, encoding: "utf8" });
}

test("a runtime without load hooks: refused before anything is rendered, as doctor says it", () => {
  const { status, stdout, stderr } = bench(["--import", WITHOUT_HOOKS]);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^Node .* has no module\.registerHooks, so nothing can be swapped\. Render with Node 22\.15 .*\n$/,
  );
  assert.equal(stdout, "");
});
