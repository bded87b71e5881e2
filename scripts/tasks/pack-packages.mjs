// Packs what is built, without setting anything up: a release, and machines that only try the packages, need no more.
import { baseEnvironment } from "../setup/environment.mjs";
import { exitWith } from "../setup/failure.mjs";
import { packAll, packHost } from "./pack.mjs";

const pack = process.argv.includes("--all") ? packAll : packHost;
await exitWith(() => pack(baseEnvironment()));
