// Last step, once: `node assemble.mjs work/plan work/chunks out.mp4`
import path from "node:path";
import { assembleV2, readPlanV2Manifest } from "@hyperframes/producer/distributed";

const [planDir, chunksDir, outputPath] = process.argv.slice(2).map((name) => path.resolve(name));
const { chunkCount } = readPlanV2Manifest(planDir);
const chunks = Array.from({ length: chunkCount }, (_, index) => path.join(chunksDir, `${index}.mp4`));
const { framesEncoded } = await assembleV2(planDir, chunks, outputPath);
console.log(JSON.stringify({ frames: framesEncoded }));
