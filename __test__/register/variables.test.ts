/** The environment variables: what means off, and what means nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isQuiet, isSwitchedOff, nearest, wrongVariables } from "../../dist/ts/settings.js";

test("0, false, no and off switch off in any case; all else does not", () => {
  for (const value of ["0", "false", "FALSE", "no", "No", "off", "OFF", " off "])
    assert.ok(isSwitchedOff({ HYPERFRAMES_NATIVE: value }), value);
  for (const value of ["", "1", "true", "yes", "on", "offf", "00"])
    assert.ok(!isSwitchedOff({ HYPERFRAMES_NATIVE: value }), value);
  assert.ok(!isSwitchedOff({}));
});

test("quiet: any value but those that mean no", () => {
  for (const value of ["1", "true", "please"]) assert.ok(isQuiet({ HYPERFRAMES_NATIVE_QUIET: value }), value);
  for (const value of ["", "0", "Off", "no"]) assert.ok(!isQuiet({ HYPERFRAMES_NATIVE_QUIET: value }), value);
});

test("a variable that is nearly one of ours is told, with the one that is meant", () => {
  for (const [name, meant] of [
    ["HYPERFRAMES_NATIV", "HYPERFRAMES_NATIVE"],
    ["HYPERFRAME_NATIVE", "HYPERFRAMES_NATIVE"],
    ["HYPERFAMES_NATIVE", "HYPERFRAMES_NATIVE"],
    ["HYPERFRAMESNATIVE", "HYPERFRAMES_NATIVE"],
    ["HYPERFRAMES_NAITVE", "HYPERFRAMES_NATIVE"],
    ["HYPERFRAMES_NATIVE_TRANSPORTS", "HYPERFRAMES_NATIVE_TRANSPORT"],
    ["HYPERFRAMES_NATIVE_STAT", "HYPERFRAMES_NATIVE_STATS"],
    ["HYPERFRAMES_NATIV_QUIET", "HYPERFRAMES_NATIVE_QUIET"],
    ...(process.platform === "win32" ? [] : [["hyperframes_native", "HYPERFRAMES_NATIVE"]]),
  ] as const) {
    const found = wrongVariables({ PATH: "/bin", [name]: "off" });
    assert.deepEqual(found, [
      {
        name,
        found: `${name}=off means nothing: there is no variable of this name.`,
        advice: `Write ${meant}.`,
      },
    ]);
  }
  const [other] = wrongVariables({ HYPERFRAMES_NATIVE_SPEED: "1" });
  assert.match(other?.advice ?? "", /^There are HYPERFRAMES_NATIVE, .*_QUIET\.$/);
});

test("a value that means nothing is told, with those that do", () => {
  const advice = (env: NodeJS.ProcessEnv) => wrongVariables(env).map(({ advice }) => advice);
  assert.deepEqual(advice({ HYPERFRAMES_NATIVE_CLIP: "drop" }), ["Write keep, or unset it."]);
  assert.deepEqual(advice({ HYPERFRAMES_NATIVE_TRANSPORT: "pigeon" }), [
    "Write auto, file, served or inline, or unset it.",
  ]);
  assert.deepEqual(advice({ HYPERFRAMES_NATIVE: "offf" }), [
    "Write off, 0, false, no, on, 1, true or yes, or unset it.",
  ]);
});

test("what is right, upstream's, or another's is not", () => {
  const env = {
    HYPERFRAMES_NATIVE: "On",
    HYPERFRAMES_NATIVE_TRANSPORT: "FILE",
    HYPERFRAMES_NATIVE_CLIP: "",
    HYPERFRAMES_NATIVE_STATS: "/tmp/x",
    HYPERFRAMES_NATIVE_QUIET: "1",
    HYPERFRAMES_NATIVE_RUN: "{}",
    HYPERFRAMES_NATIVE_FAULTS: "1",
    HYPERFRAMES_NATIVE_TEST_WIDE: "1",
    HYPERFRAMES_CLIENT: "x",
    HYPERFRAMES_NO_TELEMETRY: "1",
    NATIVE: "1",
    REACT_NATIVE: "1",
  };
  assert.deepEqual(wrongVariables(env), []);
});

test("near words: one letter, in long words two; none in short ones", () => {
  const words = ["hyperframes", "npm", "node", "render"];
  for (const [written, meant] of [
    ["hyperframes", "hyperframes"],
    ["hyprframe", "hyperframes"],
    ["hyprfrme", undefined],
    ["rendre", "render"],
    ["redner", "render"],
    ["nod", "node"],
    ["nd", undefined],
    ["npx", "npm"],
    ["", undefined],
  ] as const)
    assert.equal(nearest(written, words), meant, written);
});
