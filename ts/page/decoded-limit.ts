import { totalmem } from "node:os";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/**
 * Most bytes of decoded pictures, shown and ahead. Chrome locks what is decoded ahead within a budget of 256 MB on
 * machines with 4 GB of memory or more, and 128 MB below; beyond it a decode is done for nothing. Some is left for the
 * other images of a composition. Source: measured with Chromium 156, docs/transports.md.
 */
export function decodedLimit(totalBytes = totalmem()): number {
  return (totalBytes >= 4 * GIB ? 224 : 96) * MIB;
}
