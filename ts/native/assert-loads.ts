/**
 * Imported before the generated loader: where that would fail with a message that fits every package, this one throws an error that
 * says which platform it is and what to do. It is done without `await`, so that `require("hyperframes-native")` works.
 */
import { createRequire } from "node:module";
import { HyperframesNativeError, messageOf } from "../errors.js";
import { isBinaryChosen } from "../settings.js";
import { BINARY_NAME, binaryPackage, binaryTarget, PUBLISHED_TARGETS } from "./binary-target.js";

assertLoads();

function assertLoads(): void {
  if (isBinaryChosen()) return;
  const require = createRequire(import.meta.url);
  const { platform, arch, libc, name } = binaryTarget();
  const where = `${platform} on ${arch}${libc === null ? "" : ` (${libc})`}`;
  // The loader tells musl from glibc by other means than this does: one of either kind is for it to judge.
  const names =
    libc === null ? [name] : [name, name.replace(/-(?:gnu|musl)$/, libc === "musl" ? "-gnu" : "-musl")];
  const files = names
    // Beside this file: in a bundle made with `hyperframes-native/esbuild`, which puts it there.
    .flatMap((each) => [
      `./${BINARY_NAME}.${each}.node`,
      `../../../${BINARY_NAME}.${each}.node`,
      binaryPackage(each),
    ])
    .flatMap((request) => resolved(require, request));
  let reason: unknown;
  for (const file of files) {
    try {
      require(file); // kept by Node: the loader gets the same
      return;
    } catch (error) {
      reason ??= error;
    }
  }
  const [path] = files;
  let message = `There is no native binary of hyperframes-native for ${where}: ${binaryPackage(name)} is not installed`;
  let advice = "Install on this platform with optional dependencies (npm install --include=optional)";
  if (path !== undefined) {
    const [line] = messageOf(reason).split("\n", 1);
    message = `The native binary of hyperframes-native for ${where} does not load: ${line}`;
    advice = `Install ${binaryPackage(name)} anew`;
  } else if (!PUBLISHED_TARGETS.includes(name)) {
    message = `hyperframes-native has no binary for ${where}; there are some for ${PUBLISHED_TARGETS.join(", ")}`;
    advice = "Build it on this machine (npm run build in a clone)";
  }
  throw new HyperframesNativeError(path === undefined ? "BINDING_MISSING" : "BINDING_BROKEN", message, {
    ...(path === undefined ? {} : { path, cause: reason }),
    advice: `${advice}; HyperFrames renders without it, too: HYPERFRAMES_NATIVE=off.`,
  });
}

function resolved(require: NodeJS.Require, request: string): string[] {
  try {
    return [require.resolve(request)];
  } catch {
    return []; // not there
  }
}
