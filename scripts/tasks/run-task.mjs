import { existsSync } from "node:fs";
import { baseEnvironment } from "../setup/environment.mjs";
import { Failure } from "../setup/failure.mjs";
import { inRoot } from "../setup/paths.mjs";
import { runVisibly } from "../setup/run-command.mjs";
import { setUp } from "../setup/set-up.mjs";
import { fuzz } from "./fuzz.mjs";
import { packHost } from "./pack.mjs";
import { runTests } from "./run-tests.mjs";
import { testAsan } from "./test-asan.mjs";

/** Node runs our TypeScript as it is; the notice that this is experimental would be the first line of everything. */
const NODE_FLAGS = ["--disable-warning=ExperimentalWarning"];

function script(file, flags = []) {
  return async (env, args) => {
    if (!existsSync(inRoot(file))) throw new Failure(`${file} does not exist`);
    return runVisibly("node", [...NODE_FLAGS, ...flags, file, ...args], env);
  };
}

/** Every task runs after the set-up; each resolves with an exit code. */
const TASKS = {
  setup: {
    about: "install and build everything, and say how a project gets it",
    run: async (env) => {
      console.log("Everything is set up.");
      return packHost(env);
    },
  },
  demo: {
    about: "render a composition stock and native, compare the two videos",
    run: script("tools/demo/demo.ts"),
  },
  "demo:bench": {
    about: "bench the demo's composition and write a report",
    run: script("tools/demo/bench.ts"),
  },
  test: { about: "every check and test, real renders included", run: runTests },
  "test:asan": {
    about: "the native tests with the addon built under AddressSanitizer (Linux, gcc)",
    run: testAsan,
  },
  "bench:cache": {
    about: "compare the native frame cache with upstream's",
    run: script("tools/measure/cache.ts"),
  },
  "bench:beyond": {
    about: "render what upstream was measured to fail at, and without any hook",
    run: script("tools/measure/beyond.ts"),
  },
  "bench:telemetry": {
    about: "what telemetry costs while nobody listens",
    run: script("tools/measure/telemetry.ts"),
  },
  "bench:threshold": {
    about: "find from which size on a frame is better off as a file",
    run: script("tools/measure/threshold.ts"),
  },
  compat: {
    about: "install published versions and look whether the drop-in fits",
    run: script("__test__/long/compat/compat.ts"),
  },
  "compat:pictures": {
    about: "compare the pictures of pages that Chrome may draw otherwise, three renders each",
    run: script("__test__/long/compat/pictures.ts"),
  },
  "compat:first-frames": {
    about: "count late pictures at the start of a render, stock and native",
    run: script("__test__/long/compat/first-frames.ts"),
  },
  soak: {
    about: "10,000 frames in one process, and what is left of them",
    // V8's young generation has one size from the start on: else it doubles at some time in the first thousands of frames, and the
    // resident memory grows by up to 27 MB around a heap that stays as it is.
    run: script("__test__/long/soak/soak.ts", [
      ...["--expose-gc", "--min-semi-space-size=16", "--max-semi-space-size=16"],
      ...["--import", "hyperframes-native/register"],
    ]),
  },
  "long-render": {
    about: "one render of thousands of frames, and what its processes hold while it goes",
    run: script("__test__/long/soak/long-render.ts"),
  },
  attack: {
    about: "do everything a hostile client can to the frame server, during renders",
    run: script("__test__/support/hostile-client/attack.ts"),
  },
  fuzz: { about: "run the fuzz targets", run: fuzz },
  "pack:host": {
    about: "pack what a project on this kind of machine can install",
    run: (env) => packHost(env),
  },
  bench: {
    about: "whole renders as users make them, stock and native",
    run: script("tools/measure/whole.ts"),
  },
  "bench:frames": {
    about: "captured frames and hook calls, stock and native",
    run: script("tools/measure/frames.ts"),
  },
};

function usage() {
  const lines = Object.entries(TASKS).map(([name, task]) => `  ${name.padEnd(16)} ${task.about}`);
  return `usage: node scripts/run.mjs <task>\n${lines.join("\n")}`;
}

/** Sets up, runs the task, resolves with the exit code. */
export async function runTask(name, args) {
  const task = Object.hasOwn(TASKS, name ?? "") ? TASKS[name] : undefined;
  if (task === undefined) {
    console.error(usage());
    return 2;
  }
  const env = baseEnvironment();
  await setUp(env);
  return task.run(env, args);
}
