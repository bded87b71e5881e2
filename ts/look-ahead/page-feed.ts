import type { FrameInfo, FrameInspector } from "../cache/frame-info.js";
import type { FrameLookup } from "../lookup/frame-lookup.js";
import type { StepFrame } from "../lookup/shown-frames.js";
import { type CapturePage, isGone } from "../page/page.js";
import type { HookTally } from "../stats/hook-tally.js";
import { LateError, within } from "../transport/bounded.js";
import { type Choice, chooseTransport } from "../transport/choose.js";
import type { FrameSource, FrameTransport, PageTransport } from "../transport/transport.js";
import { LookAhead } from "./look-ahead.js";
import { decodedBytes, isStillCurrent, type PreparedFrame } from "./prepared-frame.js";
import { Stride } from "./stride.js";

/** A page on which frames of this many steps did not appear takes them inline from then on. */
const MOST_FAILURES = 3;

/** A step that the page was given nothing on lets go of blobs when there are this many: one message more is for something then. */
const MANY_TO_REVOKE = 16;

/** Longest that a page's transport may take for the sources of a step, in milliseconds. */
const LONGEST_SOURCES_MS = 10_000;

/** What the page is to do when a step ends. */
export interface FeedEnd {
  readonly revoke: string[];
  readonly ahead: string[];
  /** Whether the page holds images ahead of an earlier step, which it is to let go of. */
  readonly holdsImages: boolean;
}

/** What feeds are made of; the same for all pages of a hook. */
export interface PageFeedParts {
  readonly lookup: FrameLookup;
  /** In the order in which they are tried; the last one works everywhere. */
  readonly transports: readonly FrameTransport[];
  readonly inline: PageTransport;
  readonly inspect: FrameInspector;
  /** Steps of fewer bytes go inline. */
  readonly leastStepBytes: number;
  /** Most bytes of pictures, shown and ahead, that Chrome is asked to keep decoded. */
  readonly decodedLimit: number;
  /** Whether what the page has decoded outlives a capture. */
  keepsDecoded(page: CapturePage): boolean;
  readonly tally: HookTally;
  /** Told of the transport that a page was found to take. */
  chosen(choice: Choice): void;
  /** Told why frames went inline although the page takes another transport. */
  lost(reason: string): void;
}

/** Gives one page the sources of each step, and prepares those to come. */
export class PageFeed {
  readonly #page: CapturePage;
  readonly #parts: PageFeedParts;
  readonly #stride = new Stride();
  readonly #ahead: LookAhead;
  /** Blobs that videos show, by video. */
  readonly #shown = new Map<string, PreparedFrame>();
  /** Blobs of frames that the page has not confirmed (a hidden host): they are asked for again. */
  readonly #waiting = new Map<string, PreparedFrame>();
  #current = new Map<StepFrame, PreparedFrame>();
  #transport: PageTransport | undefined;
  #revoke: string[] = [];
  /** What the page was told to let go of, until it has answered. */
  #revoking: readonly string[] = [];
  /** What is to be told once the step went well: that of a page which is just being closed means nothing. */
  #untold: Array<() => void> = [];
  #failures = 0;
  /** Whether the page was given images to hold: those it was tried with, or those of the step to come. */
  #holdsImages = false;
  /** Bytes of a frame in the last step that went inline. */
  #inlineBytes = Number.POSITIVE_INFINITY;

  constructor(page: CapturePage, parts: PageFeedParts) {
    this.#page = page;
    this.#parts = parts;
    this.#ahead = new LookAhead({
      lookup: parts.lookup,
      stride: this.#stride,
      inspect: parts.inspect,
      leastStepBytes: parts.leastStepBytes,
      discard: (frame) => this.#discard(frame),
      discardLate: (sources) => this.#discardSources(sources),
      late: (error) => this.#giveUp(error),
    });
  }

  /**
   * The sources of a step's frames, in their order.
   * @throws {FrameError} when a frame cannot be read; the page shows what it showed.
   */
  async sources(time: number, frames: readonly StepFrame[]): Promise<FrameSource[]> {
    if (this.#stride.observe(time) === "seek") this.#ahead.drop();
    this.notShown(); // the step before may have failed
    if (frames.length === 0) return [];
    if (this.#isInline() || this.#isSmallAgain(frames)) return this.#inline(frames);

    const prepared = await this.#prepared(time, frames);
    // The round that this step waited for was late: nothing more is asked of the page.
    if (this.#isInline()) {
      for (const frame of prepared.values()) this.#discard(frame);
      return this.#inline(frames);
    }
    this.#current = prepared;
    const missing = frames.filter((frame) => !prepared.has(frame));
    const infos: ReadonlyMap<StepFrame, FrameInfo> =
      missing.length > 0 ? await this.#parts.inspect(missing) : new Map();
    const bytes =
      sum(Array.from(prepared.values(), ({ info }) => info.size)) +
      sum(Array.from(infos.values(), ({ size }) => size));
    if (bytes < this.#parts.leastStepBytes) {
      for (const frame of prepared.values()) this.#discard(frame);
      prepared.clear();
      return this.#inline(frames);
    }
    this.#parts.tally.ahead("misses", missing.length);
    const made = missing.length > 0 ? await this.#make(missing, infos) : [];
    for (const source of made) {
      const info = infos.get(source.frame);
      if (info !== undefined && isBlob(source)) prepared.set(source.frame, { source, info, decoding: false });
    }
    const bySource = new Map(made.map((source) => [source.frame, source]));
    return frames.flatMap((frame) => bySource.get(frame) ?? prepared.get(frame)?.source ?? []);
  }

  /** The videos that show a frame which Chrome may decode at a smaller scale. */
  scalableIds(): string[] {
    return Array.from(this.#shown).flatMap(([videoId, { info }]) => (info.wholeMcus ? [videoId] : []));
  }

  /** What the page is to do after the frames of a step were injected. */
  end(injectedIds: ReadonlySet<string>): FeedEnd {
    for (const tell of this.#untold.splice(0)) tell();
    for (const videoId of injectedIds) {
      const before = this.#shown.get(videoId);
      if (before === undefined) continue;
      this.#shown.delete(videoId);
      this.#revoke.push(before.source.src);
    }
    for (const [{ videoId }, frame] of this.#current) {
      if (!injectedIds.has(videoId)) {
        this.#waiting.set(videoId, frame);
        continue;
      }
      this.#shown.set(videoId, frame);
    }
    this.#current = new Map();
    const revoke = this.#startRevoking();
    const holdsImages = this.#holdsImages;
    const ahead = this.#decodeAhead();
    this.#holdsImages = ahead.length > 0;
    return { revoke, ahead, holdsImages };
  }

  /**
   * What the page is to let go of in a step that painted nothing, and so has no {@link end}: a video whose host stays hidden gets a blob
   * on each. Empty while there are few and a video is active: after the last one no other step may come.
   */
  overdue(isActive: boolean): string[] {
    const few = this.#revoking.length + this.#revoke.length < MANY_TO_REVOKE;
    return isActive && few ? [] : this.#startRevoking();
  }

  /** The page has done what {@link end} or {@link overdue} gave. */
  ended(): void {
    this.#revoking = [];
  }

  /** None of the step's frames was painted: they are asked for again. */
  notShown(): void {
    for (const [{ videoId }, frame] of this.#current) this.#waiting.set(videoId, frame);
    this.#current = new Map();
  }

  /** Prepares the steps to come; goes on by itself. */
  prepare(shown: ReadonlyMap<string, number>): void {
    if (this.#transport !== undefined && !this.#isInline()) this.#ahead.extend(this.#transport, shown);
  }

  /** Forgets videos that are no longer active. */
  forgetInactive(active: ReadonlyMap<string, unknown>): void {
    for (const frames of [this.#shown, this.#waiting]) {
      for (const [videoId, frame] of frames) {
        if (active.has(videoId)) continue;
        frames.delete(videoId);
        this.#revoke.push(frame.source.src);
      }
    }
  }

  /** Frames that did not appear on the page although their source was made, as data URIs. */
  async inlineInstead(frames: readonly StepFrame[], reason: string): Promise<FrameSource[]> {
    this.#tellLost(reason);
    return this.#replace(frames);
  }

  #tellLost(reason: string): void {
    this.#parts.tally.fellBack(reason);
    this.#parts.lost(reason);
  }

  async #replace(frames: readonly StepFrame[]): Promise<FrameSource[]> {
    this.#failures++;
    for (const frame of frames) {
      const lost = this.#current.get(frame) ?? this.#shown.get(frame.videoId);
      if (lost?.source.frame !== frame) continue;
      this.#discard(lost);
      this.#current.delete(frame);
      this.#shown.delete(frame.videoId);
    }
    if (this.#failures >= MOST_FAILURES) this.#stayInline();
    return this.#inline(frames);
  }

  async #inline(frames: readonly StepFrame[]): Promise<FrameSource[]> {
    const sources = await this.#parts.inline.sources(frames);
    const bytes = sum(sources.map((source) => source.bytes));
    this.#inlineBytes = bytes / sources.length;
    this.#parts.tally.step("inlineBytes", bytes);
    return sources;
  }

  /** Whether the frames will be small, going by those before: then not even a look at the files is due. */
  #isSmallAgain(frames: readonly StepFrame[]): boolean {
    return this.#inlineBytes * frames.length < this.#parts.leastStepBytes / 2;
  }

  async #prepared(time: number, frames: readonly StepFrame[]): Promise<Map<StepFrame, PreparedFrame>> {
    const prepared = await this.#ahead.take(time, frames);
    for (const frame of frames) {
      const waiting = this.#waiting.get(frame.videoId);
      this.#waiting.delete(frame.videoId);
      if (waiting === undefined) continue;
      if (!prepared.has(frame) && waiting.source.frame.framePath === frame.framePath)
        prepared.set(frame, waiting);
      else this.#discard(waiting);
    }
    for (const [frame, candidate] of prepared) {
      let current = false;
      try {
        current = isStillCurrent(candidate);
      } catch {
        // Gone: inspecting it will say so, with the error a user can act on.
      }
      if (current) {
        if (candidate.decoding) this.#parts.tally.ahead("hits", 1);
        else this.#parts.tally.ahead("misses", 1);
        continue;
      }
      prepared.delete(frame);
      this.#discard(candidate);
    }
    return prepared;
  }

  /** Sources for frames that nothing was prepared for; the first of a page decide how it is served. */
  async #make(
    frames: readonly StepFrame[],
    infos: ReadonlyMap<StepFrame, FrameInfo>,
  ): Promise<FrameSource[]> {
    if (this.#transport === undefined) {
      const choice = await chooseTransport(this.#page, this.#parts.transports, frames, infos, (sources) =>
        this.#discardSources(sources),
      );
      this.#transport = choice.transport;
      this.#holdsImages = true;
      this.#untold.push(() => this.#parts.chosen(choice));
      if (choice.transport.name === "inline") {
        this.#parts.tally.step("inlineBytes", sum(choice.sources.map(({ bytes }) => bytes)));
      }
      return choice.sources;
    }
    if (this.#isInline()) return this.#inline(frames);
    const transport = this.#transport;
    try {
      return await within(LONGEST_SOURCES_MS, transport.sources(frames), (late) =>
        this.#discardSources(late),
      );
    } catch (error) {
      // Nothing was lost: the page's own error comes when it is given the frames.
      if (isGone(this.#page)) return this.#parts.inline.sources(frames);
      if (error instanceof LateError) this.#giveUp(error);
      else this.#tellLater(transport, error);
      return this.#replace(frames);
    }
  }

  #decodeAhead(): string[] {
    const shown = sum(Array.from(this.#shown.values(), decodedBytes));
    this.#parts.tally.step("decodedBytes", shown);
    if (!this.#parts.keepsDecoded(this.#page)) return [];
    const frames = this.#ahead.next(this.#parts.decodedLimit - shown);
    for (const frame of frames) frame.decoding = true;
    return frames.map(({ source }) => source.src);
  }

  /** A page that did not answer in time takes its frames inline: to ask it again would cost each step as long again. */
  #giveUp(error: LateError): void {
    // It may be given up twice, by a step and a round ahead.
    if (this.#transport === undefined || this.#isInline() || isGone(this.#page)) return;
    this.#tellLater(this.#transport, error);
    this.#stayInline();
  }

  #tellLater({ name }: PageTransport, error: unknown): void {
    const reason = `${name}: ${error instanceof Error ? error.message : error}`;
    this.#untold.push(() => this.#tellLost(reason));
  }

  #isInline(): boolean {
    return this.#transport?.name === "inline";
  }

  #stayInline(): void {
    this.#transport?.close();
    this.#transport = this.#parts.inline;
    this.#ahead.drop();
    for (const frame of this.#waiting.values()) this.#discard(frame);
    this.#waiting.clear();
  }

  /** All that waits to be let go of; it is given again until the page has answered. */
  #startRevoking(): string[] {
    const revoke = [...this.#revoking, ...this.#revoke];
    this.#revoking = revoke;
    this.#revoke = [];
    return revoke;
  }

  #discardSources(sources: readonly FrameSource[]): void {
    for (const source of sources) if (isBlob(source)) this.#revoke.push(source.src);
  }

  #discard(frame: PreparedFrame): void {
    if (frame.decoding) this.#parts.tally.ahead("dropped", 1);
    this.#revoke.push(frame.source.src);
  }
}

function isBlob({ src }: FrameSource): boolean {
  return src.startsWith("blob:");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
