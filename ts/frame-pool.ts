import { statSync } from "node:fs";
import { extname } from "node:path";
import { type FrameInfo, pictureBytes } from "./native/frame-cache.js";
import type { MadeUrl } from "./transports/transport.js";

/** A picture in the page: a blob URL, for all the frames that have its bytes. */
export interface Picture {
  readonly url: string;
  /** The file behind the blob. */
  readonly path: string;
  readonly info: FrameInfo;
  /** `decoding`: the page was asked to decode it ahead. `decoded`: it has said that it did, so it will be there in its step. */
  state: "made" | "decoding" | "decoded";
  /** Whether upstream's hook has taken it. */
  isTaken: boolean;
}

interface Entry {
  readonly picture: Picture;
  /** Of the frame's own file. */
  readonly info: FrameInfo;
}

/** Most files of one size that a new one is compared with. */
const MOST_COMPARED = 2;

/** Says of each pair of files whether they have the same bytes. */
export type SameBytes = (pairs: ReadonlyArray<readonly [string, string]>) => Promise<boolean[]>;

/** The pictures that were made for one page, by the path of their frames. Frames with the same bytes share one. */
export class FramePool {
  readonly #entries = new Map<string, Entry>();
  readonly #sameBytes: SameBytes;
  /** Told of a picture that no frame is left of: its URL may go. */
  readonly #released: (picture: Picture) => void;

  constructor(sameBytes: SameBytes, released: (picture: Picture) => void) {
    this.#sameBytes = sameBytes;
    this.#released = released;
  }

  get(path: string): Picture | undefined {
    return this.#entries.get(path)?.picture;
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  paths(): Iterable<string> {
    return this.#entries.keys();
  }

  /**
   * The picture of a frame whose file is still as it was when the picture was made; one whose file is not is let go of. Upstream reads
   * a frame in its step, so a file that is gone by then must be an error, even if Chrome had it decoded already.
   */
  current(path: string): Picture | undefined {
    const entry = this.#entries.get(path);
    if (entry === undefined) return undefined;
    const { picture, info } = entry;
    if (isUnchanged(path, info) && (picture.path === path || isUnchanged(picture.path, picture.info)))
      return picture;
    this.delete(path);
    return undefined;
  }

  add(path: string, info: FrameInfo, { url }: MadeUrl): void {
    this.#set(path, { info, picture: { url, path, info, state: "made", isTaken: false } });
  }

  /**
   * Leaves only those of the frames for which something must be made: frames that have the bytes of one in the pool get its picture;
   * of frames with the same bytes the first stands for all, which `share` gives the picture to once it is there.
   */
  async distinct(
    infos: ReadonlyMap<string, FrameInfo>,
  ): Promise<{ readonly paths: string[]; readonly share: () => void }> {
    const candidates = new Map<string, string[]>();
    const note = (path: string, info: FrameInfo) => {
      const key = `${info.size} ${info.width} ${info.height} ${extname(path)}`;
      const others = candidates.get(key) ?? [];
      candidates.set(key, [...others, path].slice(-MOST_COMPARED));
      return others;
    };
    for (const picture of this.#pictures()) note(picture.path, picture.info);
    const pairs: Array<readonly [string, string]> = [];
    for (const [path, info] of infos) for (const other of note(path, info)) pairs.push([path, other]);
    const same = pairs.length === 0 ? [] : await this.#sameBytes(pairs);
    const twins = new Map<string, string>();
    for (const [n, [path, other]] of pairs.entries()) {
      // The earliest stands for all: what is the same as a twin is the same as that one's own.
      if (same[n] === true && !twins.has(path)) twins.set(path, twins.get(other) ?? other);
    }
    const share = () => {
      for (const [path, other] of twins) {
        const picture = this.#pictureOfFile(other);
        const info = infos.get(path);
        if (picture !== undefined && info !== undefined && !this.has(path))
          this.#set(path, { picture, info });
      }
    };
    return { paths: Array.from(infos.keys()).filter((path) => !twins.has(path)), share };
  }

  /** Forgets a frame; its picture is released where no other frame has it. */
  delete(path: string): void {
    const entry = this.#entries.get(path);
    if (entry === undefined) return;
    this.#entries.delete(path);
    for (const { picture } of this.#entries.values()) if (picture === entry.picture) return;
    this.#released(entry.picture);
  }

  /** Forgets all the frames that have a picture. */
  drop(picture: Picture): void {
    for (const [path, entry] of Array.from(this.#entries)) if (entry.picture === picture) this.delete(path);
  }

  #set(path: string, entry: Entry): void {
    this.delete(path);
    this.#entries.set(path, entry);
  }

  #pictureOfFile(path: string): Picture | undefined {
    for (const picture of this.#pictures()) if (picture.path === path) return picture;
    return this.get(path);
  }

  #pictures(): Set<Picture> {
    return new Set(Array.from(this.#entries.values(), ({ picture }) => picture));
  }
}

/** Bytes of the files behind pictures, each counted once. */
export function fileBytes(pictures: Iterable<Picture>): number {
  let bytes = 0;
  for (const { info } of new Set(pictures)) bytes += info.size;
  return bytes;
}

/** Bytes that pictures take when they are decoded, each counted once. */
export function decodedBytes(pictures: Iterable<Picture>): number {
  let bytes = 0;
  for (const { info } of new Set(pictures)) bytes += pictureBytes(info);
  return bytes;
}

function isUnchanged(path: string, info: FrameInfo): boolean {
  let now: { readonly size: number; readonly mtimeMs: number; readonly ctimeMs: number } | undefined;
  try {
    now = statSync(path);
  } catch {
    return false; // gone: looking at it again will say so, with the error a user can act on
  }
  return (
    now.size === info.size &&
    isSameTime(now.mtimeMs, info.mtimeMs) &&
    // Other bytes may come with the size and the time of the old ones (an archiver, `cp --preserve`).
    (info.ctimeMs === 0 || isSameTime(now.ctimeMs, info.ctimeMs))
  );
}

function isSameTime(a: number, b: number): boolean {
  return Math.abs(a - b) < 0.001;
}
