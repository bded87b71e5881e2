import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A whole 1x1 PNG. */
export const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Bytes that pass as a JPEG of a wished size: SOI, filling, EOI. */
export function jpegLike(size: number, seed = 0): Buffer {
  const bytes = Buffer.alloc(size, 1 + (seed % 200));
  bytes.writeUInt32BE(0xffd8ffe0, 0);
  bytes.writeUInt32LE(seed, 4);
  bytes.writeUInt16BE(0xffd9, size - 2);
  return bytes;
}

/** What the cache has to give for a file: the data URI by Node's own means. */
export function dataUri(path: string, bytes: Buffer): string {
  return `data:${path.endsWith(".png") ? "image/png" : "image/jpeg"};base64,${bytes.toString("base64")}`;
}

/** A folder that goes away with the test. */
export class FrameFolder {
  readonly path = mkdtempSync(join(tmpdir(), "hfn-frames-"));

  constructor(test: { after(cleanUp: () => void): void }) {
    test.after(() => rmSync(this.path, { recursive: true, force: true }));
  }

  write(name: string, bytes: Buffer): string {
    const path = join(this.path, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** {@link jpegLike} of any size that takes next to no room on the disk. */
  writeHollow(name: string, size: number): string {
    const path = this.write(name, jpegLike(16));
    truncateSync(path, size - 2);
    appendFileSync(path, Buffer.from([0xff, 0xd9]));
    return path;
  }
}
