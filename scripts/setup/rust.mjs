import { Failure } from "./failure.mjs";
import { findProgram } from "./find-program.mjs";

export const rustStep = {
  title: "Rust",
  isDone: (env) => findProgram(["cargo"], env) !== null,
  run() {
    // Not installed from here: which toolchain a machine has is its owner's choice.
    throw new Failure("cargo is missing. Install Rust from https://rustup.rs and try again.");
  },
};
