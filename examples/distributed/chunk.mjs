// Second step, once for each chunk, on as many machines as there are:
//   node --import hyperframes-native/register chunk.mjs work/plan 0 work/chunks
import { mkdirSync } from "node:fs";
import path from "node:path";
import { readPlanV2Manifest, renderChunkV2 } from "@hyperframes/producer/distributed";

const [planDir, number, chunksDir] = process.argv.slice(2);
const index = Number(number);
mkdirSync(chunksDir, { recursive: true });
const { chunkCount } = readPlanV2Manifest(planDir);
if (index < chunkCount) {
  const { framesEncoded } = await renderChunkV2(planDir, index, path.resolve(chunksDir, `${index}.mp4`));
  console.log(JSON.stringify({ index, frames: framesEncoded }));
} else {
  // A cluster may have been asked for more workers than there are chunks.
  console.log(JSON.stringify({ index, frames: 0 }));
}
