import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A whole 1x1 PNG. */
export const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Bytes that pass as a JPEG of a wished size: SOI, filling whose period is not that of base64, EOI. */
export function jpegLike(size: number, seed = 0): Buffer {
  const bytes = Buffer.alloc(size, Buffer.from([1 + (seed % 200), 2, 3, 250 - (seed % 200)]));
  bytes.writeUInt32BE(0xffd8ffe0, 0);
  if (size >= 10) bytes.writeUInt32LE(seed, 4);
  bytes.writeUInt16BE(0xffd9, size - 2);
  return bytes;
}

/** The head of a JPEG of a size in pixels, and nothing of its picture; each seed has bytes of its own. */
export function jpegHead(width: number, height: number, seed = 0): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16BE(height, 0);
  size.writeUInt16BE(width, 2);
  const components = [3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
  return Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, ...size, ...components, seed, 0xff, 0xd9]);
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
