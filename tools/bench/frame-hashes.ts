import { ffmpeg, type ProgramLimits } from "./run-program.js";

/** One line for each decoded frame: its time, its size and the MD5 of its pixels, as one of ffmpeg's filters shows it. */
export async function frameHashes(file: string, limits?: ProgramLimits, filter = "null"): Promise<string[]> {
  const output = await ffmpeg(["-i", file, "-map", "0:v:0", "-vf", filter, "-f", "framemd5", "-"], limits);
  return output.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
