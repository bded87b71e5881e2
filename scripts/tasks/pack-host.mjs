// Tarballs that a project of this machine's kind can install, as they would be published: the root package and the platform's own.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../setup/failure.mjs";
import { inRoot } from "../setup/paths.mjs";
import { runVisibly } from "../setup/run-command.mjs";

const OUT = "packages-out";

export async function packHost(env) {
  const out = inRoot(OUT);
  const staging = inRoot(".cache", "pack");
  for (const folder of [out, staging]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  const manifest = readJson(inRoot("package.json"));
  const platforms = readdirSync(inRoot("npm"));
  const binaries = readdirSync(inRoot()).filter((name) => name.endsWith(".node"));
  const hosts = platforms.filter((platform) => binaries.includes(`hyperframes-native.${platform}.node`));
  if (hosts.length === 0) throw new Failure("There is no binary. Run: npm run setup");

  const root = join(staging, "root");
  for (const name of [...manifest.files, "package.json"]) {
    if (!existsSync(inRoot(name))) throw new Failure(`${name} is missing. Run: npm run setup`);
    cpSync(inRoot(name), join(root, name), { recursive: true });
  }
  // In the repository they would make npm look for packages that are not published yet.
  const optionalDependencies = Object.fromEntries(
    platforms.map((platform) => {
      const { name, version } = readJson(inRoot("npm", platform, "package.json"));
      return [name, version];
    }),
  );
  const { scripts: _scripts, devDependencies: _devDependencies, ...published } = manifest;
  writeJson(join(root, "package.json"), { ...published, optionalDependencies });

  const folders = [root];
  for (const platform of hosts) {
    const folder = join(staging, platform);
    cpSync(inRoot("npm", platform), folder, { recursive: true });
    const binary = `hyperframes-native.${platform}.node`;
    cpSync(inRoot(binary), join(folder, binary));
    folders.push(folder);
  }
  for (const folder of folders) {
    const code = await runVisibly("npm", ["pack", "--silent", "--pack-destination", out, folder], env);
    if (code !== 0) return code;
  }
  console.log(`In ${OUT}: ${readdirSync(out).join(", ")}`);
  return 0;
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
