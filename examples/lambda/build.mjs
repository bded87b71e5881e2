// Makes the folder that is zipped for Lambda: `node build.mjs package`
//   npm install esbuild @hyperframes/producer hyperframes-native
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { hyperframesNative } from "hyperframes-native/esbuild";

const out = process.argv[2] ?? "package";
mkdirSync(out, { recursive: true });

// Lambda runs ES modules, in which CommonJS parts of the bundle miss these three.
const banner = `import { createRequire as __createRequire } from "node:module";
import { fileURLToPath as __fileURLToPath } from "node:url";
import { dirname as __dirnameOf } from "node:path";
const require = __createRequire(import.meta.url);
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);`;

await build({
  entryPoints: [path.join(import.meta.dirname, "handler.mjs")],
  outfile: path.join(out, "handler.mjs"),
  bundle: true,
  platform: "node",
  target: "node22",
  format: "esm",
  banner: { js: banner },
  // Chromium is unpacked from its package when the function starts. The producer takes puppeteer-core where puppeteer is not.
  external: ["@sparticuz/chromium", "puppeteer"],
  // For another machine than this one: hyperframesNative({ platforms: ["linux-arm64-gnu"] })
  plugins: [hyperframesNative()],
});

// What the producer looks for beside itself.
const producer = path.dirname(fileURLToPath(import.meta.resolve("@hyperframes/producer/distributed")));
for (const name of ["hyperframe.manifest.json", "hyperframe.runtime.iife.js"]) {
  cpSync(path.join(producer, name), path.join(out, name));
}
