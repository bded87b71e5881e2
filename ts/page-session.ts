import { messageOf, warnOnce } from "./errors.js";
import { dueFrames, type FrameLookup, type SourceKind, type StepFrame } from "./frame.js";
import { decodedBytes, drawnWhole, FramePool, type Picture } from "./frame-pool.js";
import { LookAhead } from "./look-ahead.js";
import { type FrameCache, inspectFrames } from "./native/binding.js";
import { staysDecoded } from "./native/limits.js";
import { Captures, type Clip, type ScreenshotOptions } from "./page/capture-clip.js";
import { findLost, finishStep, type StepAnswer, type StepCheck } from "./page/functions.js";
import { type CapturePage, isGone, onceGone, type ProtocolSession } from "./page/page.js";
import { QuietMedia } from "./page/quiet-media.js";
import { PictureMaker } from "./picture-maker.js";
import { isSwitchedOff, keeps } from "./settings.js";
import { publishFrames } from "./telemetry/channels.js";
import type { HookTally } from "./telemetry/hook-tally.js";
import type { TransportPolicy } from "./transports/choose.js";
import { dataUris } from "./transports/inline.js";
import type { BeforeCaptureHook } from "./upstream.js";

/** After so many steps in which upstream's hook had frames to ask for and asked for none, nothing is prepared any more. */
const MOST_UNASKED = 16;

/** All that the pages of a hook have in common. */
export interface SessionParts {
  readonly lookup: FrameLookup;
  readonly cache: FrameCache;
  readonly policy: TransportPolicy;
  readonly tally: HookTally;
  /** Makes a hook of upstream's that asks `resolver` before it reads a frame. */
  makeUpstream(resolver: (framePath: string) => string | null): BeforeCaptureHook;
  /** The user's resolver: a path it answers for is not prepared, its answer is used untouched. */
  readonly frameSrcResolver: ((framePath: string) => string | null) | undefined;
}

/** The source of a frame in the present step. */
interface Source {
  readonly src: string;
  readonly kind: SourceKind;
  readonly bytes: number;
  /** Absent where it is no blob. */
  readonly picture?: Picture;
}

/** A source that upstream's hook took, and the frame it was for. */
export interface TakenSource extends Source {
  readonly frame: StepFrame;
}

/** The one place where something is kept by page. */
const sessions = new WeakMap<CapturePage, PageSession>();

/**
 * All that is kept for one page. In each step {@link prepareStep} makes ready what upstream's hook will ask for, then that hook runs, and
 * {@link finishStep} sees whether all is there and sets the look-ahead going.
 */
export class PageSession {
  readonly #page: CapturePage;
  readonly #parts: SessionParts;
  readonly #ahead: LookAhead;
  readonly #pool: FramePool;
  readonly #maker: PictureMaker;
  /** Absent where the page's audio is left as it is. */
  readonly #media: QuietMedia | undefined;
  readonly captures: Captures;
  #upstream: BeforeCaptureHook;
  /** The frames that the present step is thought to ask for, their sources by path, and those that upstream's hook took. */
  #due: readonly StepFrame[] = [];
  readonly #sources = new Map<string, Source>();
  #taken: TakenSource[] = [];
  #isFinished = true;
  /** Videos whose frame did not appear in the present step, which is then done once more. */
  #lost: ReadonlySet<string> | undefined;
  /** The source that each active video was given last. */
  readonly #shown = new Map<string, TakenSource>();
  /** The URLs that the page holds for the next step, decoded or loaded; `undefined` where that is not known. */
  #decoding: string | undefined = JSON.stringify({ ahead: [], load: [] });
  /** Bytes of a frame, going by the last ones that were looked at. */
  #frameBytes = 0;
  /** Whether the last step was too small for anything but data URIs. */
  #isSmall = false;
  /** Whether the user's resolver has answered for a frame: others ahead may be its own as well. */
  #isResolved = false;
  #unasked = 0;
  #wasAsked = false;

  /** The session of a page, if there is one. */
  static of(page: CapturePage): PageSession | undefined {
    return sessions.get(page);
  }

  /** The session of a page for one hook; a page that another hook had is taken over. `opened` is told of a new one. */
  static open(page: CapturePage, parts: SessionParts, opened: (page: CapturePage) => void): PageSession {
    const before = sessions.get(page);
    if (before !== undefined && before.#parts === parts) return before;
    if (before !== undefined) {
      before.close();
      before.#leave();
    }
    const session = new PageSession(page, parts, before);
    sessions.set(page, session);
    opened(page);
    onceGone(page, () => session.close());
    return session;
  }

  private constructor(page: CapturePage, parts: SessionParts, before: PageSession | undefined) {
    this.#page = page;
    this.#parts = parts;
    this.captures = before?.captures ?? new Captures(page);
    const media = before === undefined ? new QuietMedia(page) : before.#media;
    if (!isSwitchedOff() && !keeps("HYPERFRAMES_NATIVE_MEDIA")) this.#media = media;
    this.#ahead = new LookAhead(parts.lookup);
    this.#pool = new FramePool(parts.cache, parts.tally);
    this.#maker = new PictureMaker({ ...parts, page, pool: this.#pool, ahead: this.#ahead });
    this.#upstream = this.#makeUpstream();
  }

  #makeUpstream(): BeforeCaptureHook {
    return this.#parts.makeUpstream((path) => this.#answer(path));
  }

  /** Calls upstream's hook for this page. */
  callUpstream(...call: Parameters<BeforeCaptureHook>): Promise<void> {
    this.#media?.step(this.#parts.tally);
    return this.#upstream(...call);
  }

  /**
   * Makes ready what upstream's hook will ask for at `time`, in seconds; `heldTime` where it holds the frames of another.
   * @throws {FrameError} when a frame cannot be read; the page shows what it showed.
   */
  async prepareStep(time: number, heldTime: number | undefined): Promise<void> {
    // What a step that failed has put into the page is not known.
    if (!this.#isFinished) for (const { frame } of this.#taken) this.#shown.delete(frame.videoId);
    this.#isFinished = false;
    this.#taken = [];
    this.#sources.clear();
    this.#lost = undefined;
    if (this.#maker.is("closed")) return;
    this.#due = dueFrames(this.#parts.lookup, time, heldTime);
    this.#ahead.observe(heldTime ?? time);
    const frames = this.#freshFrames();
    if (frames.length === 0) return;
    if (!keeps("HYPERFRAMES_NATIVE_CLIP")) await this.captures.lookBeforeFrames();
    if (this.#maker.is("inline") || this.#isSmallAgain(frames)) await this.#prepareInline(frames);
    else await this.#prepareBlobs(frames);
  }

  /**
   * Sees whether the page shows what upstream's hook took: `false` where a frame is not there, and the step is to be done once more after
   * {@link replaceLost}. Then tells the page what to revoke and to decode, and goes on making what comes after, by itself.
   */
  async finishStep(time: number): Promise<boolean> {
    if (this.#maker.is("closed")) {
      this.#leave();
      return true;
    }
    const checks = this.#checks();
    const lost: string[] = checks.length === 0 ? [] : ((await this.#page.evaluate(findLost, checks)) ?? []);
    if (this.#lost !== undefined) this.#judge(this.#lost, lost);
    else if (lost.length > 0) {
      this.#lost = new Set(lost);
      return false;
    }
    this.#isFinished = true;
    this.#maker.report();
    this.#count(time);
    // Before anything is let go of: what was planned from another time may be planned again.
    const noAnswer = this.#ahead.plan();
    this.#releaseUnneeded();
    if (noAnswer !== undefined) this.#parts.tally.fellBack(`the table does not answer ahead: ${noAnswer}`);
    this.#sendEnd();
    this.#makeAhead();
    await this.captures.prepareUnasked(this.#scalableIds());
    return true;
  }

  /**
   * Whether upstream's hook rejected because frames of ours did not load, in its words from CLI 0.8.150 on: the step is to be done once
   * more after {@link replaceLost}.
   */
  noteFailure(error: unknown): boolean {
    if (this.#lost !== undefined || !messageOf(error).includes("failed to load")) return false;
    const blobs = this.#taken.filter(({ picture }) => picture !== undefined);
    if (blobs.length === 0) return false;
    const named = blobs.filter(({ src }) => messageOf(error).includes(src));
    this.#lost = new Set((named.length > 0 ? named : blobs).map(({ frame }) => frame.videoId));
    return true;
  }

  /**
   * Makes ready what upstream's hook will ask for when the step is done once more: data URIs in the place of the step's blobs, and a hook
   * that has shown nothing yet.
   */
  async replaceLost(): Promise<void> {
    for (const { frame, picture } of this.#taken) {
      if (picture === undefined) continue;
      this.#pool.drop(picture);
      this.#shown.delete(frame.videoId);
    }
    this.#taken = [];
    this.#sources.clear();
    this.#upstream = this.#makeUpstream();
    await this.#prepareInline(this.#freshFrames());
  }

  /** Ends all that is kept for the page: it is gone, another hook has it, or upstream reads the frames itself from here on. */
  close(): void {
    if (this.#maker.is("closed")) return;
    this.#maker.close();
    this.captures.showsFrames = false;
    this.#sources.clear();
    // A hook that has shown nothing puts each frame in again, so that no image shows what is then revoked.
    if (!isGone(this.#page)) this.#upstream = this.#makeUpstream();
  }

  /** How many frames upstream's hook took in this step; `null` where it does not tell. */
  get taken(): number | null {
    return this.#maker.is("closed") ? null : this.#taken.length;
  }

  /** The clip for a screenshot of the page: see {@link Captures.clip}. */
  clip(options: ScreenshotOptions, clip: Clip): Promise<Clip | undefined> {
    // A png is never decoded at a smaller scale. Of others that are no blobs it is not known whether their size is one of whole MCUs.
    const hasOthers = Array.from(this.#shown.values()).some(
      ({ picture, frame }) => picture === undefined && !frame.framePath.endsWith(".png"),
    );
    return this.captures.clip(options, clip, { scalableIds: this.#scalableIds(), hasOthers });
  }

  /** Takes everything of ours out of the page. */
  #leave(): void {
    for (const path of this.#pool.paths()) this.#pool.delete(path);
    this.#shown.clear();
    this.#sendEnd();
  }

  /** The frames of the step that their videos do not show yet, each path once; without those that the user's resolver answers for. */
  #freshFrames(): StepFrame[] {
    const frames = new Map<string, StepFrame>();
    for (const frame of this.#due) {
      const { videoId, framePath } = frame;
      if (frames.has(framePath) || this.#shown.get(videoId)?.frame.framePath === framePath) continue;
      const source = this.#resolved(framePath);
      if (source === undefined) frames.set(framePath, frame);
      else {
        this.#isResolved = true;
        this.#sources.set(framePath, source);
      }
    }
    return Array.from(frames.values());
  }

  #resolved(path: string): Source | undefined {
    const src = this.#parts.frameSrcResolver?.(path);
    return src ? { src, kind: "resolver", bytes: src.length } : undefined;
  }

  /** The source of a frame that upstream's hook asks for; `null`: it reads the file. */
  #answer(path: string): string | null {
    if (this.#maker.is("closed")) return this.#parts.frameSrcResolver?.(path) ?? null;
    this.#wasAsked = true;
    const source = this.#sources.get(path) ?? this.#unforeseen(path);
    const frame = this.#due.find(
      (due) => due.framePath === path && !this.#taken.some((taken) => taken.frame === due),
    );
    if (frame !== undefined)
      this.#taken.push({ ...(source ?? { src: "", kind: "upstream", bytes: 0 }), frame });
    return source?.src ?? null;
  }

  /** The source of a frame that was not thought to be asked for: one that its video was given before, perhaps. */
  #unforeseen(path: string): Source | undefined {
    const resolved = this.#resolved(path);
    if (resolved !== undefined) return resolved;
    const picture = this.#pool.get(path);
    if (picture !== undefined) return this.#sourceOf(picture);
    const shown = Array.from(this.#shown.values());
    return shown.find(({ frame, kind }) => frame.framePath === path && kind === "inline");
  }

  /** The videos that show a frame of which stock's screenshot shows the scaled decode: one that Chrome may decode at a smaller scale. */
  #scalableIds(): string[] {
    const whole = drawnWhole(this.#taken.flatMap(({ picture }) => picture ?? []));
    return Array.from(this.#shown).flatMap(([videoId, { picture }]) =>
      picture?.info.wholeMcus === true && !whole.has(picture) ? [videoId] : [],
    );
  }

  #sourceOf(picture: Picture): Source {
    return { src: picture.url, kind: this.#maker.transportName, bytes: picture.info.size, picture };
  }

  async #prepareInline(frames: readonly StepFrame[]): Promise<void> {
    if (frames.length === 0) return;
    let bytes = 0;
    for (const [path, src] of await dataUris(this.#parts.cache, frames)) {
      this.#sources.set(path, { src, kind: "inline", bytes: src.length });
      bytes += src.length;
    }
    this.#frameBytes = bytes / frames.length;
    this.#parts.tally.step("inlineBytes", bytes);
  }

  /** Whether the frames will be small, going by those before: then not even a look at the files is due. */
  #isSmallAgain(frames: readonly StepFrame[]): boolean {
    return this.#isSmall && this.#frameBytes * frames.length < this.#parts.policy.leastStepBytes / 2;
  }

  async #prepareBlobs(frames: readonly StepFrame[]): Promise<void> {
    const withoutPicture = () =>
      frames.filter(({ framePath }) => this.#pool.current(framePath) === undefined);
    let missing = withoutPicture();
    // Also where a round makes them just now: nothing has loaded them yet.
    const isUnprepared = missing.length > 0;
    const isFirst = this.#maker.is("new");
    if (await this.#maker.waitForRound(missing)) missing = withoutPicture();
    // The round that this step waited for was late: nothing more is asked of the page.
    if (this.#maker.is("inline") || this.#maker.is("closed")) return this.#prepareInline(frames);
    if (missing.length > 0) {
      const infos = await inspectFrames(this.#parts.cache, missing);
      const bytes = frames.reduce((sum, { framePath }) => {
        const info = infos.get(framePath) ?? this.#pool.get(framePath)?.info;
        return sum + (info?.size ?? 0);
      }, 0);
      this.#frameBytes = bytes / frames.length;
      this.#isSmall = bytes < this.#parts.policy.leastStepBytes;
      if (this.#isSmall) return this.#prepareInline(frames);
      if (isFirst) this.#decoding = undefined; // it decodes what it is tried with
      await this.#maker.make(missing, infos);
    }
    // The first ones were decoded when the page was tried with them.
    if (isUnprepared && !isFirst) {
      const pictures = frames.flatMap(({ framePath }) => this.#pool.get(framePath) ?? []);
      if (!staysDecoded(decodedBytes(pictures))) await this.#load(pictures, false);
      else if (!this.captures.isBeginFrame) await this.#load(Array.from(drawnWhole(pictures)), true);
    }
    const inline: StepFrame[] = [];
    for (const frame of frames) {
      const picture = this.#pool.get(frame.framePath);
      if (picture === undefined) inline.push(frame);
      else this.#sources.set(frame.framePath, this.#sourceOf(picture));
    }
    await this.#prepareInline(inline);
  }

  async #load(pictures: readonly Picture[], decodes: boolean): Promise<void> {
    if (pictures.length === 0) return;
    await this.#maker.load(pictures, decodes);
    this.#decoding = undefined; // the page holds them besides
  }

  /** The images of the page that must be looked at, because nothing has said yet that their frame loads. */
  #checks(): StepCheck[] {
    if (this.#lost !== undefined) return Array.from(this.#lost, (videoId) => ({ videoId }));
    if (!this.#maker.is("blobs")) return [];
    return this.#due.flatMap((frame) => {
      const { videoId, framePath } = frame;
      const before = this.#shown.get(videoId);
      const taken = this.#taken.find((one) => one.frame === frame);
      // A frame that upstream kept from an earlier step may be one whose blob is gone.
      if (taken === undefined) return before?.frame.framePath === framePath ? [] : [{ videoId }];
      const isKnown =
        taken.picture === undefined || taken.picture.state === "decoded" || taken.src === before?.src;
      return isKnown ? [] : [{ videoId, url: taken.src }];
    });
  }

  /** Whose fault it was that frames did not appear: a frame that its data URI does not show either is broken itself. */
  #judge(lost: ReadonlySet<string>, still: readonly string[]): void {
    if (Array.from(lost).every((videoId) => still.includes(videoId))) {
      this.#parts.tally.fellBack("a frame does not decode");
      return;
    }
    this.#maker.noteLost();
  }

  #count(time: number): void {
    const { tally } = this.#parts;
    // Of what goes inline nothing is decoded ahead, and nothing is won by leaving a clip out.
    if (this.#taken.some(({ picture }) => picture !== undefined)) this.captures.showsFrames = true;
    for (const taken of this.#taken) {
      const { frame, kind, bytes, src, picture } = taken;
      tally.injected(kind, bytes);
      if (picture !== undefined) {
        if (this.#shown.get(frame.videoId)?.src === src) tally.ahead("repeats", 1);
        else tally.ahead(picture.state === "made" ? "misses" : "hits", 1);
      }
      this.#shown.set(frame.videoId, taken);
    }
    // Only now: two videos may show one picture.
    for (const { picture } of this.#taken) {
      if (picture !== undefined) Object.assign(picture, { isTaken: true, state: "decoded" });
    }
    publishFrames(time, this.#taken);
    if (!this.#wasAsked && this.#sources.size > 0) this.#unasked++;
    if (this.#unasked < MOST_UNASKED) return;
    const reason = "upstream's hook reads its frames itself and does not ask for them";
    tally.fellBack(reason);
    const message = `Frames go upstream's own way on this page: ${reason}.`;
    warnOnce("upstream:unasked", message, "TRANSPORT_UNUSABLE");
    this.close();
  }

  /** Has the pool forget what neither this step nor one to come has a use for. */
  #releaseUnneeded(): void {
    const due = new Map(this.#due.map(({ videoId, framePath }) => [videoId, framePath]));
    for (const videoId of Array.from(this.#shown.keys())) if (!due.has(videoId)) this.#shown.delete(videoId);
    // Not all the frames that its picture was: of a slide's, those would be more and more, and count as made ahead.
    const shown = new Set(Array.from(this.#shown.values(), ({ frame }) => frame.framePath));
    const wanted = new Set(due.values());
    for (const path of this.#pool.paths()) {
      const isNeeded = this.#maker.is("blobs") && (wanted.has(path) || this.#ahead.has(path));
      if (!isNeeded && !shown.has(path)) this.#pool.delete(path);
    }
  }

  /** Sends the page what it has to do until the next step. Not waited for: it needs no answer, and does all in order. */
  #sendEnd(): void {
    if (isGone(this.#page)) return;
    const { decode, load } = this.#nextPictures();
    const next = { ahead: decode.map(({ url }) => url), load: load.map(({ url }) => url) };
    const decoding = JSON.stringify(next);
    const isNew = decoding !== this.#decoding;
    const revoke = this.#pool.takeRevoked();
    if (revoke.length === 0 && !isNew) return;
    this.#decoding = decoding;
    for (const picture of decode) if (picture.state === "made") picture.state = "decoding";
    const send = async (): Promise<StepAnswer | undefined> =>
      this.#page.evaluate(finishStep, { revoke, ...(isNew ? next : {}) });
    send().then(
      (answer) => {
        if (answer === undefined || !isNew) return;
        const failed = new Set(answer.failed);
        for (const picture of decode) picture.state = failed.has(picture.url) ? "made" : "decoded";
      },
      () => {
        // Not done, or its answer is lost: the next one does it, perhaps once more.
        this.#pool.revoke(revoke);
        this.#decoding = undefined;
        for (const picture of decode) if (picture.state === "decoding") picture.state = "made";
      },
    );
  }

  /** The pictures of the next step: to decode, as far as Chrome keeps them decoded, and to load only. */
  #nextPictures(): { readonly decode: readonly Picture[]; readonly load: readonly Picture[] } {
    const shown = Array.from(this.#shown.values()).flatMap(({ picture }) => picture ?? []);
    const bytes = decodedBytes(shown);
    this.#parts.tally.step("decodedBytes", bytes);
    const none = { decode: [], load: [] };
    if (!this.#maker.is("blobs")) return none;
    const { keepsDecoded, reason } = this.captures;
    this.#parts.tally.notAhead(keepsDecoded ? null : reason);
    if (!keepsDecoded) return none;
    const isShown = (path: string) => shown.some((picture) => picture === this.#pool.get(path));
    const decode = new Set<Picture>();
    const load = new Set<Picture>();
    for (const path of this.#ahead.next(isShown)) {
      const picture = this.#pool.get(path);
      if (picture === undefined) continue;
      const fits = load.size === 0 && staysDecoded(bytes + decodedBytes([...decode, picture]));
      (fits ? decode : load).add(picture);
    }
    return { decode: Array.from(decode), load: Array.from(load) };
  }

  #makeAhead(): void {
    if (this.#isSmall || this.#isResolved) return;
    const due = new Set(this.#due.map(({ framePath }) => framePath));
    this.#maker.makeAhead(due, this.#frameBytes, () => {
      if (this.#isFinished) this.#sendEnd(); // the next step may be among what was made
    });
  }
}

/** {@link PageSession.clip} of a page that may have no session. Called by upstream's screenshot function where it was swapped. */
export async function captureClip(
  page: CapturePage,
  options: ScreenshotOptions,
  clip: Clip,
): Promise<Clip | undefined> {
  const session = keeps("HYPERFRAMES_NATIVE_CLIP") ? undefined : PageSession.of(page);
  return session === undefined ? clip : session.clip(options, clip);
}

/**
 * Makes the screenshots that go through `session` keep what the page has decoded: where the hook gave the page frames,
 * `Page.captureScreenshot` leaves out a clip that is the whole viewport at scale 1, unless the page is scrolled. For code that imports
 * the injector and captures through the engine; the register hook does the same by itself.
 *
 * @param page puppeteer's page.
 * @param session the DevTools session that its screenshots go through: `await getCdpSession(page)` of
 * `@hyperframes/engine`.
 * @example
 * ```ts
 * import { type CaptureSession, getCdpSession } from "@hyperframes/engine";
 * import { keepDecodedFrames } from "hyperframes-native";
 *
 * export async function keepFramesOf({ page }: CaptureSession): Promise<void> {
 *   keepDecodedFrames(page, await getCdpSession(page));
 * }
 * ```
 */
export function keepDecodedFrames(page: CapturePage, session: ProtocolSession): void {
  const send = session.send;
  session.send = function (method, ...rest) {
    const [parameters, ...further] = rest;
    if (method !== "Page.captureScreenshot" || parameters?.clip === undefined)
      return send.call(this, method, ...rest);
    const capture = async () =>
      send.call(
        this,
        method,
        { ...parameters, clip: await captureClip(page, parameters, parameters.clip) },
        ...further,
      );
    return capture();
  };
}
