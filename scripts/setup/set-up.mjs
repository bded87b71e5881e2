// Brings a checkout on a bare machine (any Node, Rust) to where everything else can run.
import { nativeBuildStep } from "./native-build.mjs";
import { nodeStep } from "./node.mjs";
import { npmPackagesStep } from "./npm-packages.mjs";
import { rustStep } from "./rust.mjs";
import { systemProgramsStep } from "./system-programs.mjs";
import { tsBuildStep } from "./ts-build.mjs";

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
