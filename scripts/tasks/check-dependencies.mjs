// Part of `npm test`: what the dependencies are and may be (docs/dependencies.md).
import { Failure } from "../setup/failure.mjs";
import { checkCrates } from "./check-crates.mjs";

try {
  process.exitCode = await checkCrates(process.env);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
