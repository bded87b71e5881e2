/** What the command line says of what it does not understand: the error, and where the usage is, not the usage. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { mainProgram } from "../support/paths.ts";

function type(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainProgram, ...args], {
    encoding: "utf8",
  });
  return { status, stdout, lines: stderr.trimEnd().split("\n") };
}

for (const [args, error, see] of [
  [["bench", "x", "--pears", "3"], /unknown option '--pears'/, "bench --help"],
  [["bench", "x", "--pairs", "0"], /'0' is invalid\. It must be 1 or more\./, "bench --help"],
  [
    ["bench", "x", "--using", "deno"],
    /'deno' is invalid\. Allowed choices are cli, producer\./,
    "bench --help",
  ],
  [["bench"], /missing required argument 'project'/, "bench --help"],
  [["doctor", "--jsn"], /unknown option '--jsn'/, "doctor --help"],
  [["run"], /missing required argument 'command'/, "run --help"],
  [["dctr"], /unknown command 'dctr'/, "--help"],
  [["--quiet"], /unknown option '--quiet'/, "--help"],
] as const) {
  test(`hyperframes-native ${args.join(" ")}`, () => {
    const { status, stdout, lines } = type(...args);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(lines[0] ?? "", error);
    assert.equal(lines.at(-1), `See: npx hyperframes-native ${see}`);
    // A line between them says what may have been meant.
    assert.ok(lines.length <= 3, lines.join("\n"));
  });
}

test("the usage comes by its name", () => {
  for (const name of ["run", "bench", "doctor"]) {
    const { status, stdout } = type(name, "--help");
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^Usage: hyperframes-native ${name} `));
  }
});
