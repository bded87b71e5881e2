// Packs what is built, without setting anything up: a release, and machines that only try the packages, need no more.
import { baseEnvironment } from "../setup/environment.mjs";
import { Failure } from "../setup/failure.mjs";
import { packAll, packHost } from "./pack.mjs";

try {
  process.exitCode = await (process.argv.includes("--all") ? packAll : packHost)(baseEnvironment());
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
