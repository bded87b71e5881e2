import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The file of the native binary for a platform, as napi-rs names platforms, or `undefined` where it is not installed. */
export function binaryFile(platform: string): string | undefined {
  const name = `hyperframes-native.${platform}.node`;
  // A checkout has it at its top, an installation in a package of its own.
  const own = fileURLToPath(new URL(`../../${name}`, import.meta.url));
  if (existsSync(own)) return own;
  try {
    return createRequire(import.meta.url).resolve(`@hyperframes-native/binding-${platform}/${name}`);
  } catch {
    return undefined;
  }
}

/** This machine's platform, as napi-rs names it. */
export function hostPlatform(): string {
  const { platform, arch } = process;
  if (platform === "win32") return `win32-${arch}-msvc`;
  if (platform !== "linux") return `${platform}-${arch}`;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return `linux-${arch}-${header.glibcVersionRuntime === undefined ? "musl" : "gnu"}`;
}
