/** The platforms that a binary is published for; `npm/` has a package for each. */
export const PUBLISHED_TARGETS: readonly string[] = [
  "darwin-arm64",
  "darwin-x64",
  "linux-arm64-gnu",
  "linux-arm64-musl",
  "linux-x64-gnu",
  "linux-x64-musl",
  "win32-arm64-msvc",
  "win32-x64-msvc",
];

export const BINARY_NAME = "hyperframes-native";

export function binaryPackage(target: string): string {
  return `@hyperframes-native/binding-${target}`;
}

/** A platform, and its name in napi-rs: `linux-x64-gnu`, `darwin-arm64`, `win32-x64-msvc`. */
export interface BinaryTarget {
  readonly platform: string;
  readonly arch: string;
  /** `null` where a platform has only one. */
  readonly libc: "glibc" | "musl" | null;
  readonly name: string;
}

/** The platform that this process runs on. */
export function binaryTarget(): BinaryTarget {
  const { platform, arch } = process;
  const libc = libcName();
  const abi = libc === "glibc" ? "gnu" : (libc ?? (platform === "win32" ? "msvc" : undefined));
  return { platform, arch, libc, name: [platform, arch, abi].filter(Boolean).join("-") };
}

/** Source: Node's diagnostic report names glibc's version, and none where Node was built for musl. */
function libcName(): "glibc" | "musl" | null {
  if (process.platform !== "linux") return null;
  const report: { excludeNetwork?: boolean; getReport(): object } = process.report;
  // Node 22.13 and newer; without it the report looks up the names of all open sockets, which may take long.
  const { excludeNetwork } = report;
  if (excludeNetwork !== undefined) report.excludeNetwork = true;
  try {
    const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
    return header.glibcVersionRuntime === undefined ? "musl" : "glibc";
  } finally {
    // The program's own reports are its own affair.
    if (excludeNetwork !== undefined) report.excludeNetwork = excludeNetwork;
  }
}
