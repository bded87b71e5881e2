// THIRD-PARTY-LICENSES.md: the licence texts of what is distributed, the crates that are linked into the binary and the npm packages
// that are installed with ours or are a part of it. Run by itself it writes the file; packing does where the file is older than what it lists.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { baseEnvironment } from "../setup/environment.mjs";
import { inRoot, root } from "../setup/paths.mjs";

export const LICENCES_FILE = "THIRD-PARTY-LICENSES.md";

const TEXT_FILE = /^(?:licen[cs]e|copying|notice|unlicense)/i;

/** Writes the file, unless it is newer than both lock files: a machine that only packs may have no cargo to ask. */
export async function writeLicences(env) {
  const [file = 0, ...locks] = [LICENCES_FILE, "Cargo.lock", "package-lock.json"].map(
    (name) => statSync(inRoot(name), { throwIfNoEntry: false })?.mtimeMs,
  );
  if (file < Math.max(...locks)) writeFileSync(inRoot(LICENCES_FILE), await licencesText(env));
}

async function licencesText(env) {
  const crates = await linkedCrates(env);
  const packages = lockedPackages(isInstalled);
  // What it imports is not there before the set-up.
  const { vendor } = await import("./vendor.mjs");
  const folders = await vendor({ write: false });
  const vendored = lockedPackages((place) => folders.includes(place));
  const texts = new Map();
  for (const one of [...crates, ...packages, ...vendored]) {
    const own = one.texts.length > 0 ? one.texts : [mitOf(one)];
    for (const text of own) texts.set(text, [...(texts.get(text) ?? []), one.title]);
  }
  const list = (all) =>
    all.map(({ title, licence, url }) => `- ${title}: ${licence}${url ? `, <${url}>` : ""}`).join("\n");
  const sections = [...texts].map(
    ([text, titles]) => `### ${[...new Set(titles)].join(", ")}\n\n\`\`\`text\n${text}\n\`\`\``,
  );
  return [
    "# Licences of what comes with hyperframes-native",
    "Written from Cargo.lock and package-lock.json. hyperframes-native's own licence is in LICENSE.",
    "## Rust crates linked into the binary (on some platforms not all of them)",
    list(crates),
    "The binary also holds parts of Rust's standard library (MIT or Apache-2.0, <https://github.com/rust-lang/rust>).",
    "## npm packages installed beside it",
    list(packages),
    "## npm packages that are a part of it, in `dist/tools/vendor`",
    list(vendored),
    "## Texts",
    ...sections,
  ]
    .join("\n\n")
    .concat("\n");
}

/** Crates whose code is in the binary: found through ordinary dependencies, proc-macros and what only they need left out. */
async function linkedCrates(env) {
  // The default features are those of the binary; the others are for tests.
  const args = ["metadata", "--format-version", "1", "--locked"];
  const { stdout } = await promisify(execFile)("cargo", args, {
    cwd: root,
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  const { packages, resolve } = JSON.parse(stdout);
  const byId = new Map(packages.map((one) => [one.id, one]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const isMacro = (id) => byId.get(id).targets.some(({ kind }) => kind.includes("proc-macro"));
  const found = new Set([resolve.root]);
  for (const id of found) {
    for (const { pkg, dep_kinds } of nodes.get(id).deps) {
      if (!isMacro(pkg) && dep_kinds.some(({ kind, target }) => kind === null && isOurs(target)))
        found.add(pkg);
    }
  }
  found.delete(resolve.root);
  return [...found]
    .map((id) => byId.get(id))
    .map(({ name, version, license, repository, authors, manifest_path }) => ({
      title: `${name} ${version}`,
      licence: license,
      url: repository,
      authors,
      texts: textsIn(path.dirname(manifest_path)),
    }))
    .sort(byTitle);
}

/** Whether a dependency's condition holds on one of the platforms that a binary is built for. */
function isOurs(target) {
  // Read roughly: one licence too many does no harm.
  return (
    target === null ||
    !/\b(?:wasi|wasm32|wasm|hermit|redox|uefi|solaris|illumos|android|fuchsia|cygwin|wasip\d)\b/.test(target)
  );
}

/** What npm puts beside our package; the lock file has the rest marked as of development. */
function isInstalled(place, { dev, devOptional, peer, optional }) {
  return place !== "" && !dev && !devOptional && !peer && !optional;
}

/** Packages of the lock file, by their place in it. */
function lockedPackages(isWanted) {
  const { packages } = JSON.parse(readFileSync(inRoot("package-lock.json"), "utf8"));
  return Object.entries(packages)
    .filter(([place, entry]) => isWanted(place, entry))
    .map(([place, { version }]) => {
      const manifest = JSON.parse(readFileSync(inRoot(place, "package.json"), "utf8"));
      const url = typeof manifest.repository === "string" ? manifest.repository : manifest.repository?.url;
      return {
        title: `${manifest.name} ${version}`,
        licence: manifest.license,
        url: url
          ?.replace(/^git\+/, "")
          .replace(/^(?:git@github\.com:|git:\/\/github\.com\/)/, "https://github.com/")
          .replace(/\.git$/, "")
          .replace(/^(?:github:)?([\w-]+\/[\w.-]+)$/, "https://github.com/$1"),
        texts: textsIn(inRoot(place)),
      };
    })
    .sort(byTitle);
}

/** The text for a package that names the MIT licence and brings no copy of it: our own LICENSE with their names in it. */
function mitOf({ title, licence, authors }) {
  if (!/\bMIT\b/.test(licence)) throw new Error(`${title} (${licence}) brings no licence text`);
  const holder = authors?.length > 0 ? authors.join(", ") : `the authors of ${title.split(" ")[0]}`;
  const text = readFileSync(inRoot("LICENSE"), "utf8").replaceAll("\r\n", "\n").trim();
  return text.replace(/^Copyright .*$/m, `Copyright (c) ${holder}`);
}

function textsIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && TEXT_FILE.test(entry.name))
    .map(({ name }) => readFileSync(path.join(folder, name), "utf8").replaceAll("\r\n", "\n").trim())
    .sort();
}

function byTitle(a, b) {
  return a.title < b.title ? -1 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeLicences(baseEnvironment());
