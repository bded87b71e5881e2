// The fuzz targets in tools/fuzz/: `npm run fuzz [-- <target>...] [--seconds N]`. `cargo fuzz run` does the same where it is installed;
// here neither it nor a nightly toolchain is needed.
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { Failure } from "../setup/failure.mjs";
import { inRoot } from "../setup/paths.mjs";
import { runVisibly } from "../setup/run-command.mjs";

const SECONDS = 10;

/** What cargo-fuzz 0.13 passes: coverage for libFuzzer, and AddressSanitizer. */
const RUSTFLAGS = [
  "-Zsanitizer=address",
  "-Cpasses=sancov-module",
  "-Cllvm-args=-sanitizer-coverage-level=4",
  "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table",
  "-Cllvm-args=-sanitizer-coverage-trace-compares",
  "--cfg=fuzzing",
];

/** Where libFuzzer runs and stable Rust ships the sanitizer's runtime. */
const HOSTS = { x64: "x86_64-unknown-linux-gnu", arm64: "aarch64-unknown-linux-gnu" };

export async function fuzz(env, args) {
  const known = readdirSync(inRoot("tools", "fuzz", "seeds"));
  const { targets, seconds } = choice(args, known);
  const host = runsGlibc() ? HOSTS[process.arch] : undefined;
  if (host === undefined) {
    console.log("fuzz: left out, it needs Linux with glibc on x64 or arm64");
    return 0;
  }

  // RUSTC_BOOTSTRAP lets a stable compiler take -Z; with --target the flags leave build scripts and macros alone.
  const buildEnv = { ...env, RUSTC_BOOTSTRAP: "1", RUSTFLAGS: RUSTFLAGS.join(" ") };
  const manifest = inRoot("tools", "fuzz", "Cargo.toml");
  const bins = targets.flatMap((target) => ["--bin", target]);
  const build = ["build", "--release", "--locked", "--target", host, "--manifest-path", manifest, ...bins];
  const built = await runVisibly("cargo", build, buildEnv);
  if (built !== 0) return built;

  // At once: each keeps one processor busy.
  const codes = await Promise.all(targets.map((target) => run(target, host, seconds, env)));
  return codes.find((code) => code !== 0) ?? 0;
}

async function run(target, host, seconds, env) {
  // What is found worth keeping stays on this machine; tools/fuzz/seeds has what everybody starts from.
  const corpus = inRoot(".cache", "fuzz", target);
  const artifacts = inRoot("out", "fuzz", target);
  for (const folder of [corpus, artifacts]) mkdirSync(folder, { recursive: true });
  const flags = [
    `-max_total_time=${seconds}`,
    `-dict=${inRoot("tools", "fuzz", "dictionaries", `${target}.dict`)}`,
    `-artifact_prefix=${artifacts}/`,
    "-timeout=20",
    "-rss_limit_mb=2048",
    "-verbosity=0",
    "-print_final_stats=1",
  ];
  const binary = inRoot("tools", "fuzz", "target", host, "release", target);
  console.log(`fuzz: ${target}, ${seconds} s`);
  const code = await runVisibly(
    binary,
    [...flags, corpus, inRoot("tools", "fuzz", "seeds", target)],
    temporaryInMemory(env),
  );
  if (code !== 0) console.error(`\nfuzz: ${target} found something; the input is in ${artifacts}`);
  return code;
}

function choice(args, known) {
  const { values, positionals } = parseArgs({
    args,
    options: { seconds: { type: "string", default: String(SECONDS) } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((target) => !known.includes(target));
  const seconds = Number(values.seconds);
  if (unknown.length > 0 || !(seconds > 0)) {
    throw new Failure(`usage: npm run fuzz [-- ${known.join("|")}]... [--seconds N]`, 2);
  }
  return { targets: positionals.length > 0 ? positionals : known, seconds };
}

function runsGlibc() {
  return process.platform === "linux" && process.report.getReport().header.glibcVersionRuntime !== undefined;
}

/** Some targets write a file for each input. */
function temporaryInMemory(env) {
  return existsSync("/dev/shm") ? { ...env, TMPDIR: "/dev/shm" } : env;
}
