import { createRequire } from "node:module";
import { type BinaryTarget, binaryPackage, binaryTarget } from "../../../ts/native/binary-target.js";
import type { Finding } from "./finding.js";

const require = createRequire(import.meta.url);

/** Whether the native binary of this platform is there and loads. */
export async function checkBinary(): Promise<Finding> {
  const target = binaryTarget();
  const about = { ...target, package: binaryPackage(target.name) };
  try {
    await import("#binding");
  } catch (error) {
    return notLoaded(error, about);
  }
  // The loader's `require` and this one share their cache.
  const file = Object.keys(require.cache).find((path) => path.endsWith(".node"));
  return {
    code: "BINARY_LOADS",
    check: "binary",
    status: "ok",
    brief: `${target.name} loads`,
    found: `The native binary for ${target.name} loads (${file ?? "of an unknown path"}).`,
    advice: "Nothing to do.",
    details: { ...about, file: file ?? null },
  };
}

function notLoaded(error: unknown, about: BinaryTarget & { package: string }): Finding {
  const reasons = Array.from(messagesOf(error));
  const libc = about.libc === null ? "" : `, ${about.libc}`;
  const platform = `${about.platform} on ${about.arch}${libc}`;
  // All the loader says of a file or package that is not there; anything else was there and failed.
  const broken = reasons
    .slice(1)
    .find((reason) => !/^(?:Cannot find (?:module|package)|Unsupported )/.test(reason));
  const override = process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
  const named = override === undefined ? "" : ` NAPI_RS_NATIVE_LIBRARY_PATH=${override} names another file.`;
  const details = { ...about, override: override ?? null, reasons };
  if (broken !== undefined) {
    return {
      code: "BINARY_BROKEN",
      check: "binary",
      status: "fault",
      found: `The native binary for ${platform} is there but does not load: ${broken.split("\n", 1)[0]}.${named}`,
      advice:
        override === undefined
          ? `Install ${about.package} of this version anew, or build the binary on this machine (npm run build in a clone).`
          : "Unset NAPI_RS_NATIVE_LIBRARY_PATH, or name a binary of this platform.",
      details,
    };
  }
  return {
    code: "BINARY_MISSING",
    check: "binary",
    status: "fault",
    found: `There is no native binary for ${platform}: neither hyperframes-native.${about.name}.node in this package nor the package ${about.package}.${named}`,
    advice:
      override === undefined
        ? `Install ${about.package} (npm install --include=optional, on this platform), or build it (npm run build in a clone).`
        : "Unset NAPI_RS_NATIVE_LIBRARY_PATH, or name a binary that exists.",
    details,
  };
}

/** The loader's own message first, then one for each file and package that it tried. */
function* messagesOf(error: unknown): Generator<string> {
  for (let next: unknown = error; next instanceof Error; next = next.cause) yield next.message;
}
