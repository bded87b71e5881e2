import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StepFrame } from "../../../ts/frame.js";

/** A PNG of 16x9 pixels: ffmpeg's test picture. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAABAAAAAJCAIAAAC0SDtlAAAACXBIWXMAAAABAAAAAQBPJcTWAAAAXklEQVR42s2QwQ2AMAwDvQlsApvAJrAJbAKb" +
    "wCZHHVGERD/9ESWSHfnyiBRFdBpuCUmhx3kRpTcQmQIQtz5AzpQBMvJHwGoUuw40oca+F6vjC+poxSxO+w0N9UDtWy8uQNAwko9DYAAAAABJRU5ErkJg" +
    "gg==",
  "base64",
);

/** Writes a frame as ffmpeg's extraction does. */
export function writeProbeFrame(folder: string): StepFrame {
  const framePath = join(folder, "frame_00001.png");
  writeFileSync(framePath, PICTURE);
  return { videoId: "hyperframes-native-doctor", framePath, frameIndex: 0 };
}
