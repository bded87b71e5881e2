// The installed `hyperframes` CLI.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Its folder. */
export const cliDir = path.dirname(fileURLToPath(import.meta.resolve("hyperframes/package.json")));

/** Its program. */
export const cliProgram = path.join(cliDir, "bin", "hyperframes.mjs");

type Producer = typeof import("@hyperframes/producer");

/** The producer in it. The file has a hash in its name; it is the one that re-exports what the producer's package exports. */
export async function cliProducer(): Promise<Producer> {
  const dist = path.join(cliDir, "dist");
  const found = readdirSync(dist).filter((name) => {
    if (!/^src-\w+\.js$/.test(name)) return false;
    const source = readFileSync(path.join(dist, name), "utf8");
    return /^ {2}createRenderJob,$/m.test(source) && /^ {2}executeRenderJob,$/m.test(source);
  });
  const [file] = found;
  if (file === undefined || found.length > 1)
    throw new Error(`${found.length} files in ${dist} export the producer`);
  // As the CLI does when it starts; without it the workers that blend shader transitions are not found.
  process.env.HF_SHADER_WORKER_ENTRY ??= path.join(dist, "shaderTransitionWorker.js");
  return (await import(pathToFileURL(path.join(dist, file)).href)) as Producer;
}
