// A Cloud Run service that renders chunks of a plan (../distributed/plan.mjs), run by Bun as HyperFrames' own image is:
//   bun --preload hyperframes-native/bun server.mjs
// Plan and chunks are in a bucket that the service mounts as a folder. POST / { planDir, chunkIndex, outputPath }
// (Not Bun.serve: the producer's bundle puts a Response of its own in the place of Bun's, which that does not take.)
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { renderChunkV2 } from "@hyperframes/producer/distributed";

async function answer(request) {
  if (request.method !== "POST") return [200, { status: "ok" }];
  try {
    const { planDir, chunkIndex, outputPath } = await json(request);
    const { framesEncoded, sha256 } = await renderChunkV2(planDir, chunkIndex, outputPath);
    return [200, { outputPath, framesEncoded, sha256 }];
  } catch (error) {
    return [500, { error: String(error) }];
  }
}

const server = createServer(async (request, response) => {
  const [status, body] = await answer(request);
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
});
// A chunk takes minutes; Cloud Run has a limit of its own.
server.requestTimeout = 0;
server.listen(Number(process.env.PORT ?? 8080), () => {
  console.log(JSON.stringify({ listening: server.address().port }));
});

// Cloud Run sends it before it takes the instance away.
process.once("SIGTERM", () => server.close());
