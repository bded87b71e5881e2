// The addon's own tests in Node, with the addon built under AddressSanitizer. Linux x64 with gcc, whose runtime is put before Node's
// allocator; rustc's own is for executables alone. docs/unsafe.md.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../setup/failure.mjs";
import { inRoot } from "../setup/paths.mjs";
import { commandLine, runVisibly } from "../setup/run-command.mjs";
import { nodeTests } from "./run-tests.mjs";

const TARGET = "x86_64-unknown-linux-gnu";
/** Node's own allocations are no business of these tests; SIGBUS belongs to the addon's guard. */
const OPTIONS = "detect_leaks=0:handle_sigbus=0:allocator_may_return_null=1";

/** What the sanitizer has to find in the addon with a reference too few, or the run means nothing: the string outlives its bytes. */
const BUG = `
  import { FrameCache } from "./index.js";
  const uri = await new FrameCache({ bytesLimit: 1 }).get(process.argv[1]);
  // The thread that loaded it lets go of it after its answer.
  await new Promise((resolve) => setTimeout(resolve, 200));
  console.log(Buffer.from(uri, "latin1").length);
`;

/** @param {string[]} args test files; all of `__test__/native` but those of figures of memory and of the shipped build, if none are given */
export async function testAsan(env, args) {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new Failure("test:asan needs Linux on x64.");
  const runtime = execFileSync("gcc", ["-print-file-name=libasan.so"], { encoding: "utf8" }).trim();
  if (!existsSync(runtime)) throw new Failure("gcc has no libasan.so. Install gcc's sanitizer runtime.");
  const out = inRoot(".cache", "asan");
  mkdirSync(out, { recursive: true });
  const built = await runVisibly("cargo", ["build", "--lib", "--features", "faults", "--target", TARGET], {
    ...env,
    // The switch is unstable, the instrumentation is that of stable's own compiler. The target keeps it off build scripts.
    RUSTC_BOOTSTRAP: "1",
    RUSTFLAGS: "-Zsanitizer=address --cfg hf_asan",
    CARGO_TARGET_DIR: out,
  });
  if (built !== 0) return built;
  const addon = join(out, "hyperframes-native.node");
  copyFileSync(join(out, TARGET, "debug", "libhyperframes_native.so"), addon);
  const asan = {
    ...env,
    LD_PRELOAD: runtime,
    ASAN_OPTIONS: OPTIONS,
    NAPI_RS_NATIVE_LIBRARY_PATH: addon,
    HYPERFRAMES_NATIVE_TEST_FAULT_BUILD: addon,
  };

  // Of 1 KB, allocated; and of 1 MB, in one of the buffers that are used again.
  for (const [size, word] of [
    [1_000, "heap-use-after-free"],
    [1_000_000, "use-after-poison"],
  ]) {
    const frame = join(out, `${size}.jpg`);
    writeFileSync(frame, Buffer.alloc(size, 7));
    finds(word, { ...asan, HYPERFRAMES_NATIVE_FAULT_ASAN: "1" }, frame);
  }
  const files =
    args.length > 0
      ? args
      : [
          "__test__/{native/{faults,life-cycle,panics,process-ends},cache/frame-cache,server/frame-server}.test.ts",
        ];
  const [node, ...rest] = nodeTests(files);
  console.log(`\n> ${commandLine(node, rest)}`);
  return runVisibly(node, rest, asan);
}

function finds(word, env, frame) {
  try {
    execFileSync("node", ["--input-type=module", "--eval", BUG, frame], {
      env,
      cwd: inRoot(),
      stdio: "pipe",
    });
  } catch (error) {
    const report = String(error.stderr);
    if (report.includes(`AddressSanitizer: ${word}`)) {
      console.log(`found in the addon with a bug: ${word}`);
      return;
    }
    throw new Failure(`AddressSanitizer did not find ${word}:\n${report}`);
  }
  throw new Failure(`AddressSanitizer did not find ${word}.`);
}
