/**
 * Page code, as in functions.ts and under the same rules; in a file of its own because it is one function of many parts, none of
 * which can be shared with the others: puppeteer sends the text of one function.
 */

/** The work that a page was spared so far. */
export interface MediaCounts {
  /** `<audio>` elements that kept a place instead of seeking to it, at least once. */
  readonly quieted: number;
  /** Seeks to another place that Chrome would have done and did not have to. */
  readonly seeksSaved: number;
}

/** The page's `window` after {@link quietAudio}. */
interface QuietWindow {
  __hyperframesNativeMedia?: MediaCounts;
}

/**
 * From here on a paused `<audio>` of this page keeps the place that it is told to seek to, and nothing is decoded, loaded or fetched for
 * it. The page sees what it sees of a seek that Chrome has done at once: the value, `seeking`, `readyState` and the events, in Chrome's
 * order. What needs Chrome's own seek has it (see `canKeep`), and `play()` gives the element its place first.
 *
 * Source of the rules: Chromium's `html_media_element.cc` (`Seek`, `FinishSeek`, `setCurrentTime`) and `web_media_player_impl.cc`;
 * `__test__/page/quiet-media.page.test.ts` compares each with a page that is left as it is.
 *
 * @returns elements that are left alone and why, in words for a log; nothing where all are quiet.
 */
export function quietAudio(): string[] {
  const page = window as unknown as QuietWindow;
  if (page.__hyperframesNativeMedia !== undefined) return [];
  const counts = { quieted: 0, seeksSaved: 0 };
  page.__hyperframesNativeMedia = counts;

  /** An element's kept place; both times in seconds, rounded as Chrome does it. */
  interface Kept {
    /** `undefined`: nothing is kept, Chrome's own value is the one. */
    time: number | undefined;
    /** Where Chrome's player stands meanwhile. */
    nativeTime: number;
    /** Whether the page is still to see the seek end. */
    isSeeking: boolean;
    /** Counts seeks: a later one takes the place of one that has not ended. */
    seek: number;
    /** Counts the times that events still to come became void. */
    generation: number;
    /** Whether loading took it back to the start, which its player never left: the page is still to be told of the change. */
    wasReset: boolean;
  }
  type Getter = keyof HTMLMediaElement & string;
  const {
    HTMLMediaElement: Media,
    HTMLAudioElement: Audio,
    MessageChannel: Channel,
    Event: PageEvent,
  } = window;
  const media = Media.prototype;
  const { dispatchEvent, addEventListener } = EventTarget.prototype;
  const descriptor = (name: Getter) => Object.getOwnPropertyDescriptor(media, name);
  const isPageCode = (code: unknown) =>
    typeof code === "function" &&
    !/\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(code));

  const replaced = ["currentTime", "seeking", "readyState", "play"] as const;
  const read = ["paused", "duration", "seekable", "buffered", "currentSrc", "textTracks"] as const;
  for (const name of [...replaced, ...read]) {
    const found = descriptor(name);
    // A `play` of the page's own does no harm: it is called as Chrome's is.
    const isPatched = name !== "play" && (isPageCode(found?.get) || isPageCode(found?.set));
    if (found === undefined || isPatched || Object.hasOwn(Audio.prototype, name))
      return [`the page has a ${name} of its own`];
  }
  const fixed = replaced.find((name) => descriptor(name)?.configurable !== true);
  if (fixed !== undefined) return [`the page does not let ${fixed} be replaced`];

  const getter = <Name extends Getter>(name: Name) => {
    const get = descriptor(name)?.get as () => HTMLMediaElement[Name];
    return (element: HTMLMediaElement): HTMLMediaElement[Name] => get.call(element);
  };
  const nativeTime = getter("currentTime");
  const nativeSeeking = getter("seeking");
  const nativeReadyState = getter("readyState");
  const paused = getter("paused");
  const duration = getter("duration");
  const seekable = getter("seekable");
  const buffered = getter("buffered");
  const currentSrc = getter("currentSrc");
  const textTracks = getter("textTracks");
  const setTime = descriptor("currentTime")?.set as (time: unknown) => void;
  const nativePlay = descriptor("play")?.value as HTMLMediaElement["play"];

  const elements = new WeakMap<HTMLMediaElement, Kept>();
  const channel = new Channel();
  let waiting: Array<() => void> = [];
  channel.port1.onmessage = () => {
    const due = waiting;
    waiting = [];
    for (const task of due) task();
  };
  /**
   * In a task of the page's to come, after those that it has; the like of all elements in one. A timer would wait for upstream's clock.
   */
  const queue = (task: () => void) => {
    if (waiting.push(task) === 1) channel.port2.postMessage(null);
  };
  const covers = (ranges: TimeRanges, time: number) => {
    for (let index = 0; index < ranges.length; index++)
      if (ranges.start(index) <= time && time <= ranges.end(index)) return true;
    return false;
  };

  const canKeep = (element: HTMLMediaElement, time: number) => {
    const end = duration(element);
    return (
      paused(element) &&
      // Until there is data, a place that is asked for is part of loading.
      (nativeReadyState(element) >= Media.HAVE_CURRENT_DATA || nativeSeeking(element)) &&
      // What happens at the end (`ended`, `loop`) only the player knows.
      time < end &&
      nativeTime(element) < end &&
      Number.isFinite(end) &&
      // Of a server without ranges Chrome can seek to the start only.
      covers(seekable(element), time) &&
      // Of what is no file of a server the page itself may have to append that place (a MediaSource).
      (currentSrc(element).startsWith("http") || covers(buffered(element), time)) &&
      // Cues follow Chrome's own place.
      textTracks(element).length === 0
    );
  };
  const forget = (kept: Kept) => {
    kept.time = undefined;
    kept.isSeeking = false;
    kept.seek++;
  };
  const giveBack = (element: HTMLMediaElement, kept: Kept) => {
    const { time } = kept;
    forget(kept);
    kept.generation++; // Chrome's own events come instead
    setTime.call(element, time);
  };
  /** It is loaded again. */
  const reset = (kept: Kept) => {
    kept.wasReset = kept.nativeTime === 0 && kept.time !== 0;
    forget(kept);
    kept.generation++;
  };
  /** The kept place of an element, if it still holds. */
  const keptOf = (element: HTMLMediaElement): Kept | undefined => {
    const kept = elements.get(element);
    if (kept?.time === undefined) return undefined;
    if (nativeReadyState(element) === Media.HAVE_NOTHING) {
      reset(kept);
      return undefined;
    }
    if (nativeTime(element) !== kept.nativeTime) {
      // Sought past these accessors.
      forget(kept);
      kept.generation++;
      return undefined;
    }
    if (canKeep(element, kept.time)) return kept;
    giveBack(element, kept);
    return undefined;
  };
  const newKept = (element: HTMLMediaElement): Kept => {
    const kept: Kept = {
      time: undefined,
      nativeTime: 0,
      isSeeking: false,
      seek: 0,
      generation: 0,
      wasReset: false,
    };
    elements.set(element, kept);
    counts.quieted++;
    const listen = (type: string, listener: () => void) => addEventListener.call(element, type, listener);
    listen("emptied", () => {
      if (kept.time !== undefined) reset(kept);
      if (kept.wasReset) dispatchEvent.call(element, new PageEvent("timeupdate"));
      kept.wasReset = false;
    });
    // Played past these accessors, by a `play` that the page had taken before.
    listen("play", () => keptOf(element));
    return kept;
  };
  const keep = (element: HTMLMediaElement, time: number) => {
    const before = keptOf(element)?.time ?? nativeTime(element);
    const kept = elements.get(element) ?? newKept(element);
    if (time !== before) counts.seeksSaved++;
    kept.time = time;
    kept.nativeTime = nativeTime(element);
    const seek = ++kept.seek;
    const { generation } = kept;
    const fire = (type: string) => {
      if (kept.generation === generation) dispatchEvent.call(element, new PageEvent(type));
    };
    /** Each in a task of its own, as Chrome has it. */
    const fireInTurn = ([type, ...later]: string[]) => {
      if (type === undefined) return;
      fire(type);
      queue(() => fireInTurn(later));
    };
    // The end of a seek that Chrome is doing still is the end of this one, as a later seek takes the place of an earlier.
    const endsByItself = nativeSeeking(element);
    kept.isSeeking = !endsByItself;
    queue(() => {
      fire("seeking");
      if (endsByItself) return;
      queue(() => {
        if (kept.seek !== seek || keptOf(element) === undefined) return;
        kept.isSeeking = false;
        const ready = nativeReadyState(element);
        const types = ["timeupdate", "seeked"];
        if (ready >= Media.HAVE_FUTURE_DATA) types.push("canplay");
        if (ready >= Media.HAVE_ENOUGH_DATA) types.push("canplaythrough");
        fireInTurn(types);
      });
    });
  };

  const accessors = {
    get currentTime() {
      const element = this as HTMLMediaElement;
      return (element instanceof Audio ? keptOf(element)?.time : undefined) ?? nativeTime(element);
    },
    set currentTime(value) {
      const element = this as HTMLMediaElement;
      if (!(element instanceof Audio)) {
        setTime.call(element, value);
        return;
      }
      // Of these Chrome says itself that they are no number.
      const isOdd = typeof value === "symbol" || typeof value === "bigint";
      const asked: number = isOdd ? value : +value;
      if (Number.isFinite(asked)) {
        // Chrome counts in whole microseconds.
        const time = Math.trunc(Math.max(0, asked) * 1e6) / 1e6;
        if (canKeep(element, time)) {
          keep(element, time);
          return;
        }
      }
      setTime.call(element, asked); // throws where it is no number
      const kept = elements.get(element);
      if (kept?.time === undefined) return;
      if (nativeReadyState(element) === Media.HAVE_NOTHING) reset(kept);
      else forget(kept);
    },
    get seeking() {
      const element = this as HTMLMediaElement;
      return (element instanceof Audio && keptOf(element)?.isSeeking) || nativeSeeking(element);
    },
    get readyState() {
      const element = this as HTMLMediaElement;
      const isSeeking = element instanceof Audio && keptOf(element)?.isSeeking;
      return isSeeking ? Media.HAVE_METADATA : nativeReadyState(element);
    },
    play(this: HTMLMediaElement) {
      const kept = this instanceof Audio ? keptOf(this) : undefined;
      if (kept !== undefined) giveBack(this, kept);
      return nativePlay.call(this);
    },
  };
  // Those of an object literal are enumerable and configurable, as Chrome's own are.
  const descriptors = Object.getOwnPropertyDescriptors(accessors);
  for (const name of replaced) Object.defineProperty(media, name, descriptors[name]);

  const owners = Array.from(document.getElementsByTagName("audio")).filter((element) =>
    Object.hasOwn(element, "currentTime"),
  );
  return owners.length === 0 ? [] : [`${owners.length} <audio> with a currentTime of their own`];
}

/** The counts of {@link quietAudio}; `null` where it has not run in this document. */
export function mediaCounts(): MediaCounts | null {
  return (window as unknown as QuietWindow).__hyperframesNativeMedia ?? null;
}
