// Tarballs as they are published: the root package and those of the platforms.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { Failure } from "../setup/failure.mjs";
import { inRoot } from "../setup/paths.mjs";
import { runVisibly } from "../setup/run-command.mjs";
import { LICENCES_FILE } from "./licences.mjs";

const OUT = "packages-out";
const ROOT = "root";

/** Those that a project of this machine's kind can install. */
export function packHost(env) {
  const built = platforms().filter((platform) => existsSync(inRoot(binaryOf(platform))));
  if (built.length === 0) throw new Failure("There is no binary. Run: npm run setup");
  return pack(env, built);
}

/** Those of a release: a binary of every platform must lie in the repository's folder. */
export function packAll(env) {
  const missing = platforms().filter((platform) => !existsSync(inRoot(binaryOf(platform))));
  if (missing.length > 0)
    throw new Failure(`These binaries are missing: ${missing.map(binaryOf).join(", ")}`);
  return pack(env, platforms());
}

async function pack(env, chosen) {
  const out = inRoot(OUT);
  const staging = inRoot(".cache", "pack");
  for (const folder of [out, staging]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  stageRoot(join(staging, ROOT));
  for (const platform of chosen) {
    const folder = join(staging, platform);
    cpSync(inRoot("npm", platform), folder, { recursive: true });
    for (const name of [binaryOf(platform), LICENCES_FILE, "LICENSE"])
      cpSync(inRoot(name), join(folder, name));
  }
  for (const folder of [...chosen, ROOT]) {
    const code = await runVisibly(
      "npm",
      ["pack", "--silent", "--pack-destination", out, join(staging, folder)],
      env,
    );
    if (code !== 0) return code;
  }
  console.log(`In ${OUT}: ${readdirSync(out).join(", ")}`);
  return 0;
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

/** Whether a file of `dist` is the output of a source that is gone: the compiler does not delete it. */
function isLeftOver(file) {
  const below = relative(inRoot("dist"), file);
  if (below.startsWith("..") || statSync(file).isDirectory()) return false;
  return !existsSync(inRoot("ts", below.replace(/(?:\.d\.ts|\.js(?:\.map)?)$/, ".ts")));
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
