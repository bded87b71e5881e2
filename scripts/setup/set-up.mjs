// Brings a checkout on a bare machine (any Node, Rust) to where everything else can run.
import { nativeBuildStep, tsBuildStep } from "./builds.mjs";
import { Failure } from "./failure.mjs";
import { findProgram } from "./find-program.mjs";
import { nodeStep } from "./node.mjs";
import { npmPackagesStep } from "./npm-packages.mjs";
import { systemProgramsStep } from "./system-programs.mjs";

const rustStep = {
  title: "Rust",
  isDone: (env) => findProgram(["cargo"], env) !== null,
  run() {
    // Not installed from here: which toolchain a machine has is its owner's choice.
    throw new Failure("cargo is missing. Install Rust from https://rustup.rs and try again.");
  },
};

// In this order: the missing things that nobody but the reader can install are reported before minutes are spent.
const STEPS = [rustStep, nodeStep, systemProgramsStep, npmPackagesStep, nativeBuildStep, tsBuildStep];

/** Does what is not done yet, one line for each step that works; `env` is refined for the child processes that follow. */
export async function setUp(env, steps = STEPS) {
  for (const step of steps) {
    if (step.isDone(env)) continue;
    console.log(`set-up: ${step.title}`);
    const start = Date.now();
    await step.run(env);
    console.log(`set-up: done in ${((Date.now() - start) / 1000).toFixed(0)} s`);
  }
}
