// Tarballs as they are published: the root package and those of the platforms. Run by itself it packs what is built, without setting
// anything up: a release, and machines that only try the packages, need no more.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { baseEnvironment } from "../setup/environment.mjs";
import { exitWith, Failure } from "../setup/failure.mjs";
import { inRoot } from "../setup/paths.mjs";
import { commandLine, runQuietly } from "../setup/run-command.mjs";
import { LICENCES_FILE, writeLicences } from "./licences.mjs";

const OUT = "packages-out";
const ROOT = "root";

/** What the build copies into `dist/tools/vendor` without a source of ours. */
const VENDORED = ["uPlot.iife.min.js", "uPlot.min.css"];

/** Those that a project of this machine's kind can install, into a folder that is emptied before; says how. */
export async function packHost(env, out = inRoot(OUT)) {
  const built = platforms().filter((platform) => existsSync(inRoot(binaryOf(platform))));
  if (built.length === 0) throw new Failure("There is no binary. Run: npm run setup");
  const tarballs = await pack(env, built, out);
  // A project's own folder is not here: whole paths.
  const install = commandLine("npm", ["install", "--save-dev", ...tarballs]);
  console.log(`To have hyperframes-native in a project, paste this in its folder:\n\n  ${install}\n`);
  console.log("Then render with:  npx hyperframes-native run -- npm run render");
  return 0;
}

/** Those of a release: a binary of every platform must lie in the repository's folder. */
export async function packAll(env, out = inRoot(OUT)) {
  const missing = platforms().filter((platform) => !existsSync(inRoot(binaryOf(platform))));
  if (missing.length > 0)
    throw new Failure(`These binaries are missing: ${missing.map(binaryOf).join(", ")}`);
  const tarballs = await pack(env, platforms(), out);
  console.log(`In ${out}: ${tarballs.map((file) => basename(file)).join(", ")}`);
  return 0;
}

/** Resolves with the tarballs' paths. */
async function pack(env, chosen, out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  // Nothing is shared with another that packs at the same time.
  const staging = mkdtempSync(join(tmpdir(), "hyperframes-native-pack-"));
  try {
    await writeLicences(env);
    stageRoot(join(staging, ROOT));
    for (const platform of chosen) {
      const folder = join(staging, platform);
      cpSync(inRoot("npm", platform), folder, { recursive: true });
      for (const name of [binaryOf(platform), LICENCES_FILE, "LICENSE"])
        cpSync(inRoot(name), join(folder, name));
    }
    for (const folder of [...chosen, ROOT])
      await runQuietly("npm", ["pack", "--pack-destination", out, join(staging, folder)], env);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return readdirSync(out).map((name) => join(out, name));
}

function stageRoot(folder) {
  const manifest = readJson(inRoot("package.json"));
  for (const name of [...manifest.files, "package.json"]) {
    if (!existsSync(inRoot(name))) throw new Failure(`${name} is missing. Run: npm run setup`);
    cpSync(inRoot(name), join(folder, name), { recursive: true, filter: (source) => !isLeftOver(source) });
  }
  // In the repository they would make npm look for packages that are not published yet.
  const optionalDependencies = Object.fromEntries(
    platforms().map((platform) => {
      const { name, version } = readJson(inRoot("npm", platform, "package.json"));
      if (version !== manifest.version)
        throw new Failure(`${name} is ${version}, not ${manifest.version}. Run: npx napi version`);
      return [name, version];
    }),
  );
  const { scripts: _scripts, devDependencies: _devDependencies, ...published } = manifest;
  writeFileSync(
    join(folder, "package.json"),
    `${JSON.stringify({ ...published, optionalDependencies }, null, 2)}\n`,
  );
}

/** Whether a file of `dist` is the output of a source that is gone, or of an older build: the compiler does not delete it. */
function isLeftOver(file) {
  const below = relative(inRoot("dist"), file);
  if (below.startsWith("..") || statSync(file).isDirectory()) return false;
  if (dirname(below) === join("tools", "vendor") && VENDORED.includes(basename(below))) return false;
  return !existsSync(inRoot(below.replace(/(?:\.d\.ts|\.js)$/, ".ts")));
}

function platforms() {
  return readdirSync(inRoot("npm"));
}

function binaryOf(platform) {
  return `hyperframes-native.${platform}.node`;
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { all, out } = parseArgs({ options: { all: { type: "boolean" }, out: { type: "string" } } }).values;
  await exitWith(() => (all ? packAll : packHost)(baseEnvironment(), out));
}
