// Code of your own around the engine, or a fork of HyperFrames: import the function instead of swapping it.
//   npm install @hyperframes/engine hyperframes-native
//   node capture.mjs my-page frames [--stock]
// my-page/index.html shows <video> elements and has the engine's protocol: window.__hf = { duration, seek(time) }.
import { readFileSync } from "node:fs";
import path from "node:path";
import * as engine from "@hyperframes/engine";
import { createVideoFrameInjector, keepDecodedFrames } from "hyperframes-native";

const [pageDir, outputDir] = process.argv.slice(2).map((name) => path.resolve(name));
const stock = process.argv.includes("--stock");
const fps = { num: 30, den: 1 };

// ffmpeg extracts every frame of every video beforehand, and a table says which one is due when.
const videos = engine.parseVideoElements(readFileSync(path.join(pageDir, "index.html"), "utf8"));
const extracted = await engine.extractAllVideoFrames(videos, pageDir, {
  fps: fps.num,
  outputDir: path.join(outputDir, "extracted"),
});
const table = engine.createFrameLookupTable(videos, extracted.extracted);

// The same call either way.
const hook = (stock ? engine.createVideoFrameInjector : createVideoFrameInjector)(table);

const server = await engine.createFileServer({ projectDir: pageDir, port: 0 });
const size = { width: 320, height: 180 };
const session = await engine.createCaptureSession(
  server.url,
  outputDir,
  { ...size, fps, format: "png" },
  hook,
);
try {
  await engine.initializeSession(session);
  // Screenshots keep decoded frames only without a clip. BeginFrame capture does not mind.
  if (!stock) keepDecodedFrames(session.page, await engine.getCdpSession(session.page));
  const frames = Math.round((await engine.getCompositionDuration(session)) * fps.num);
  for (let frame = 0; frame < frames; frame++) {
    await engine.captureFrame(session, frame, frame / fps.num);
  }
  console.log(JSON.stringify({ frames, stats: hook.stats?.() }));
} finally {
  await engine.closeCaptureSession(session);
  server.close();
}
