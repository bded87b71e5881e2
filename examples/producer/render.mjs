// The producer's own API. Nothing here knows of the drop-in; the command line does:
//   npm install @hyperframes/producer hyperframes-native
//   node --import hyperframes-native/register render.mjs my-video out.mp4
import { createRenderJob, executeRenderJob } from "@hyperframes/producer";

const [projectDir, outputPath] = process.argv.slice(2);
const job = createRenderJob({ fps: { num: 30, den: 1 }, quality: "standard", format: "mp4" });
await executeRenderJob(job, projectDir, outputPath);
