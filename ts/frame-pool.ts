import { statSync } from "node:fs";
import { extname } from "node:path";
import { type FrameCache, type FrameInfo, pictureBytes, warnOfNativeFailure } from "./native/binding.js";
import type { HookTally } from "./telemetry/hook-tally.js";
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

/** Frames for which something must be made, and for each other frame the one whose bytes it has. */
export interface DistinctFrames {
  readonly paths: readonly string[];
  readonly twins: ReadonlyMap<string, string>;
}

/** Most files of one size that a new one is compared with. */
const MOST_COMPARED = 2;

/** The pictures that were made for one page, by the path of their frames. Frames with the same bytes share one. */
export class FramePool {
  readonly #cache: FrameCache;
  readonly #tally: HookTally;
  readonly #entries = new Map<string, Entry>();
  /** URLs that the page is to revoke. */
  readonly #revoked: string[] = [];

  constructor(cache: FrameCache, tally: HookTally) {
    this.#cache = cache;
    this.#tally = tally;
  }

  get(path: string): Picture | undefined {
    return this.#entries.get(path)?.picture;
  }

  paths(): string[] {
    return Array.from(this.#entries.keys());
  }

  /**
   * The picture of a frame whose file is still as it was when the picture was made; else the picture goes. Upstream reads a frame in its
   * step, so a file that is gone by then must be an error, even if Chrome had it decoded already.
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

  /**
   * Tells apart the frames for which something must be made. Frames that have the bytes of one in the pool get its picture; of frames
   * with the same bytes the first stands for all.
   */
  async distinct(infos: ReadonlyMap<string, FrameInfo>): Promise<DistinctFrames> {
    const candidates = new Map<string, string[]>();
    const note = (path: string, info: FrameInfo) => {
      const key = `${info.size} ${info.width} ${info.height} ${extname(path)}`;
      const others = candidates.get(key) ?? [];
      candidates.set(key, [...others, path].slice(-MOST_COMPARED));
      return others;
    };
    const pooled = new Map(this.#pictures().map(({ path, info }) => [path, info]));
    for (const [path, info] of pooled) note(path, info);
    const [paths, others]: [string[], string[]] = [[], []];
    for (const [path, info] of infos) {
      for (const other of note(path, info)) {
        const made = pooled.get(other);
        // The file may have other bytes by now than its picture.
        if (made !== undefined && !isUnchanged(other, made)) continue;
        paths.push(path);
        others.push(other);
      }
    }
    const isSame = await this.#compare(paths, others);
    const twins = new Map<string, string>();
    for (const [n, path] of paths.entries()) {
      const other = others[n] as string;
      // What has the bytes of a twin has those of the frame that the twin stands for.
      if (isSame[n] === true && !twins.has(path)) twins.set(path, twins.get(other) ?? other);
    }
    return { paths: Array.from(infos.keys()).filter((path) => !twins.has(path)), twins };
  }

  /** Without an answer each frame is a picture of its own. */
  async #compare(paths: string[], others: string[]): Promise<boolean[]> {
    if (paths.length === 0) return [];
    try {
      return await this.#cache.sameBytes(paths, others);
    } catch (error) {
      warnOfNativeFailure("sameBytes", error);
      return [];
    }
  }

  /** Adds what was made of distinct frames. A picture that came short of its file is left out, and the first such reported. */
  add(
    { paths, twins }: DistinctFrames,
    made: readonly MadeUrl[],
    infos: ReadonlyMap<string, FrameInfo>,
  ): string | undefined {
    let short: string | undefined;
    for (const [n, { url, bytes }] of made.entries()) {
      const path = paths[n] ?? "";
      const info = infos.get(path);
      if (info?.size === bytes) {
        this.#set(path, { info, picture: { url, path, info, state: "made", isTaken: false } });
      } else {
        short ??= `${bytes} of ${info?.size} bytes arrived`;
        this.#revoked.push(url);
      }
    }
    for (const [path, other] of twins) {
      const picture = this.#pictures().find((one) => one.path === other) ?? this.get(other);
      const info = infos.get(path);
      if (picture !== undefined && info !== undefined && !this.#entries.has(path))
        this.#set(path, { picture, info });
    }
    return short;
  }

  /** Forgets a frame; the URL of its picture may go where no other frame has it. */
  delete(path: string): void {
    const picture = this.get(path);
    this.#entries.delete(path);
    if (picture === undefined || this.#pictures().includes(picture)) return;
    if (picture.state !== "made" && !picture.isTaken) this.#tally.ahead("dropped", 1);
    this.#revoked.push(picture.url);
  }

  drop(picture: Picture): void {
    for (const path of this.paths()) if (this.get(path) === picture) this.delete(path);
  }

  /** Takes pictures that will not be shown. */
  discard(made: readonly MadeUrl[]): void {
    this.revoke(made.map(({ url }) => url));
  }

  revoke(urls: readonly string[]): void {
    this.#revoked.push(...urls);
  }

  /** The URLs that the page is to revoke; they are no longer this pool's affair. */
  takeRevoked(): string[] {
    return this.#revoked.splice(0);
  }

  #set(path: string, entry: Entry): void {
    this.delete(path);
    this.#entries.set(path, entry);
  }

  #pictures(): Picture[] {
    return Array.from(new Set(Array.from(this.#entries.values(), ({ picture }) => picture)));
  }
}

/** Bytes that pictures take when they are decoded, each counted once. */
export function decodedBytes(pictures: Iterable<Picture>): number {
  return Array.from(new Set(pictures)).reduce((bytes, { info }) => bytes + pictureBytes(info), 0);
}

/** So many times the pixels of a picture has one behind it that keeps stock from drawing it before it is decoded whole. */
const FAR_LARGER = 4;

/**
 * Pictures of a step, of those that Chrome may decode at a smaller scale, of which stock shows the whole decode in screenshots: behind each comes
 * a far larger one. Upstream's step waits for the decodes of both, in their order, and the first is long done when the page is drawn (1280x720 before
 * 2560x1440 and 3840x2160, measured with Chromium 156, docs/transports.md).
 */
export function drawnWhole(pictures: readonly Picture[]): ReadonlySet<Picture> {
  const pixels = ({ info }: Picture) => (info.wholeMcus ? info.width * info.height : 0);
  const isWhole = (picture: Picture, n: number) =>
    pixels(picture) > 0 &&
    pictures.slice(n + 1).some((other) => pixels(other) >= FAR_LARGER * pixels(picture));
  return new Set(pictures.filter(isWhole));
}

function isUnchanged(path: string, info: FrameInfo): boolean {
  try {
    const { size, mtimeMs, ctimeMs } = statSync(path);
    return (
      size === info.size &&
      isSameTime(mtimeMs, info.mtimeMs) &&
      // Other bytes may come with the size and the time of the old ones (an archiver, `cp --preserve`).
      (info.ctimeMs === 0 || isSameTime(ctimeMs, info.ctimeMs))
    );
  } catch {
    return false; // gone: looking at it again will say so, with the error a user can act on
  }
}

function isSameTime(a: number, b: number): boolean {
  return Math.abs(a - b) < 0.001;
}
