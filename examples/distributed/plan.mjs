// First step of a distributed render, once: `node plan.mjs my-video work/plan`
// Compiles the composition and extracts the videos' frames; every chunk worker needs to see the folder it writes.
import path from "node:path";
import { planV2 } from "@hyperframes/producer/distributed";

const [projectDir, planDir] = process.argv.slice(2).map((name) => path.resolve(name));
const { width = "1920", height = "1080", chunkFrames = "240" } = process.env;
const plan = await planV2(
  projectDir,
  { fps: 30, width: Number(width), height: Number(height), format: "mp4", chunkSize: Number(chunkFrames) },
  planDir,
);
console.log(JSON.stringify({ chunks: plan.chunkCount, frames: plan.totalFrames }));
