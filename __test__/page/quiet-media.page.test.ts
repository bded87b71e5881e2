/** What a page sees of its paused audio when it is quiet, beside what it sees in a page that is left as it is: value for value, event for event. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createVideoFrameInjector } from "hyperframes-native";
import type { Page } from "puppeteer-core";
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";
import { mediaCounts, quietAudio } from "../../dist/ts/page/quiet-media-page.js";
import { TestBrowser } from "../support/browser.ts";
import { FrameFolder } from "../support/frames.ts";
import { MediaServer } from "../support/media-server.ts";
import { runModule } from "../support/node-process.ts";
import { StubLookup } from "../support/stub-page.ts";

/** Sound alone, compressed or not, and sound beside a video: what an author writes. */
const SOURCES = ["sound.wav", "sound.mp3", "sound.m4a", "film.mp4"] as const;
const SECONDS = 4;

const folder = new FrameFolder({ after }).path;
const server = await MediaServer.listen(folder);
after(() => server.close());
const browser = await TestBrowser.launch({ args: ["--autoplay-policy=no-user-gesture-required"] });
after(() => browser[Symbol.asyncDispose]());

before(async () => {
  const sound = ["-f", "lavfi", "-i", `sine=f=440:d=${SECONDS}`];
  for (const name of ["sound.wav", "sound.m4a"]) await ffmpeg([...sound, join(folder, name)]);
  // With the length in its header Chrome corrects it at some time, by what it has decoded ahead.
  await ffmpeg([...sound, "-write_xing", "0", join(folder, "sound.mp3")]);
  const picture = ["-f", "lavfi", "-i", `testsrc2=s=320x180:r=30:d=${SECONDS}`];
  const encoded = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 250 -shortest".split(" ");
  await ffmpeg([...picture, ...sound, ...encoded, join(folder, "film.mp4")]);
  writeFileSync(join(folder, "broken.wav"), "this is no sound");
});

/** One change of an element, and all that the page saw of it. */
interface Act {
  /** Straight after it, in the same task. */
  readonly sync: string;
  readonly events: string[];
  readonly after: string;
}

/** What is in every page of these tests. */
interface Lab {
  /** An element in the document, watched, and loaded unless its source cannot be. */
  audio(source?: string, set?: Partial<HTMLAudioElement>): Promise<HTMLAudioElement>;
  /** Keeps a diary of an element's events. */
  watch(element: HTMLAudioElement): void;
  state(element: HTMLAudioElement): string;
  /** Resolves when the event that ends what `change` begins has come; `null`: there is none, only some time. */
  act(element: HTMLAudioElement, change: () => unknown, until?: string | null): Promise<Act>;
  /** Tasks that the page has already, those of the media elements included, are done. */
  settled(): Promise<void>;
}

declare const lab: Lab;

/** Makes the {@link Lab}. */
function installLab(): void {
  const diaries = new WeakMap<HTMLAudioElement, string[]>();
  // Without those of loading, which come as the network pleases.
  const bare = ["loadedmetadata", "durationchange"];
  const whole =
    "seeking seeked timeupdate canplay canplaythrough waiting playing play pause ended emptied abort loadstart loadeddata error volumechange ratechange".split(
      " ",
    );
  const state = (element: HTMLAudioElement) => {
    const { currentTime, seeking, readyState, ended, paused, duration, error, played } = element;
    return `${currentTime} seeking ${seeking} ready ${readyState} ended ${ended} paused ${paused} of ${duration} error ${error?.code} played ${played.length}`;
  };
  const made: Lab = {
    state,
    watch(element) {
      const diary: string[] = [];
      diaries.set(element, diary);
      for (const type of bare) element.addEventListener(type, () => diary.push(type));
      for (const type of whole) element.addEventListener(type, () => diary.push(`${type} ${state(element)}`));
    },
    async audio(source, set = {}) {
      const element = Object.assign(document.createElement("audio"), { preload: "auto" }, set);
      made.watch(element);
      document.body.append(element);
      if (source !== undefined) {
        const loaded = new Promise((resolve) => {
          for (const type of ["canplaythrough", "error"])
            element.addEventListener(type, resolve, { once: true });
        });
        element.src = source;
        await loaded;
      }
      await made.settled();
      diaries.get(element)?.splice(0);
      return element;
    },
    async act(element, change, until = "canplaythrough") {
      const done =
        until === null
          ? undefined
          : new Promise((resolve) => element.addEventListener(until, resolve, { once: true }));
      change();
      const sync = state(element);
      await done;
      await made.settled();
      return { sync, events: diaries.get(element)?.splice(0) ?? [], after: state(element) };
    },
    settled: () => new Promise((resolve) => setTimeout(resolve, 30)),
  };
  Object.assign(window, { lab: made });
}

async function openPage(): Promise<Page> {
  const page = await browser.blankPage();
  await page.goto(server.origin);
  await page.evaluate(installLab);
  return page;
}

/** Plays the scenario in a stock page and in a quiet one, and asserts that they see the same; with what the quiet one kept. */
async function assertSame<Argument, Seen>(
  scenario: (argument: Argument) => Promise<Seen>,
  argument: Argument,
): Promise<{ seen: Seen; quieted: number; seeksSaved: number }> {
  const [stock, quiet] = [await openPage(), await openPage()];
  try {
    assert.deepEqual(await quiet.evaluate(quietAudio), []);
    const play = scenario as (argument: unknown) => Promise<Seen>;
    const [expected, seen] = [await stock.evaluate(play, argument), await quiet.evaluate(play, argument)];
    assert.deepEqual(seen, expected);
    const counts = await quiet.evaluate(mediaCounts);
    assert.ok(counts);
    return { seen, ...counts };
  } finally {
    await Promise.all([stock.close(), quiet.close()]);
  }
}

test("values: rounded, clamped and converted as Chrome does it", async () => {
  const { seen, seeksSaved } = await assertSame(async (source) => {
    const audio = await lab.audio(source);
    const values: unknown[] = [0, 1 / 3, 2 / 3, 0.1 + 0.2, 0.29, 1.0000005, 1.9999999, 1e-7, 9.9e-7, -0, -5];
    for (let frame = 0; frame < 119; frame++) values.push(frame / 30, frame / 29.97);
    values.push("1.5", " 2 ", "", null, true, [3], { valueOf: () => 2.5 });
    values.push(Number.NaN, Number.POSITIVE_INFINITY, "x", undefined, {}, Symbol("s"), 1n);
    return values.map((value) => {
      try {
        audio.currentTime = value as number;
        return audio.currentTime;
      } catch (error) {
        return [String(error), audio.currentTime];
      }
    });
  }, "sound.wav");
  assert.ok(seeksSaved > 200);
  assert.equal(seen[1], 0.333333);
});

for (const source of SOURCES) {
  test(`${source}: events of seeks, one after the other and over each other`, async () => {
    const { seen, seeksSaved } = await assertSame(async (source) => {
      const audio = await lab.audio(source);
      const acts = [
        await lab.act(audio, () => {
          audio.currentTime = 1;
        }),
        await lab.act(audio, () => {
          audio.currentTime = 1; // where it is already
        }),
        await lab.act(audio, () => {
          audio.currentTime = 2;
          audio.currentTime = 0.5;
          audio.currentTime = 2.5;
        }),
        await lab.act(audio, () => {
          audio.addEventListener("seeking", () => (audio.currentTime = 3), { once: true });
          audio.currentTime = 1.5;
        }),
        await lab.act(audio, () => {
          audio.currentTime = 0;
        }),
      ];
      return acts;
    }, source);
    assert.deepEqual(
      seen[0]?.events.map((entry) => entry.split(" ")[0]),
      ["seeking", "timeupdate", "seeked", "canplay", "canplaythrough"],
    );
    assert.equal(seeksSaved, 7);
  });

  test(`${source}: loaded again, given another source, taken out, at its end, in a loop, at another rate`, async () => {
    await assertSame(async (source) => {
      const audio = await lab.audio(source);
      const place = (time: number) => () => {
        audio.currentTime = time;
      };
      return [
        await lab.act(audio, place(1)),
        await lab.act(audio, () => audio.load()),
        await lab.act(audio, place(1.25)),
        await lab.act(audio, () => {
          audio.load();
          audio.currentTime = 2;
        }),
        await lab.act(audio, () => {
          audio.currentTime = 2.25;
          audio.load();
        }),
        await lab.act(audio, place(2.5)),
        await lab.act(audio, () => {
          audio.src = `${source}?another`;
        }),
        await lab.act(audio, place(2.75)),
        await lab.act(audio, () => audio.remove(), null),
        await lab.act(audio, place(3)),
        await lab.act(audio, () => document.body.prepend(audio), null),
        await lab.act(audio, place(99)),
        await lab.act(audio, place(1)),
        await lab.act(audio, () => (audio.currentTime = audio.duration)),
        await lab.act(audio, place(1)),
        await lab.act(audio, place(1.1)),
        await lab.act(audio, () => {
          audio.loop = true;
          audio.currentTime = 99;
        }),
        await lab.act(audio, place(1.2)),
        await lab.act(audio, place(1.3)),
        await lab.act(audio, () => {
          audio.playbackRate = 2;
          audio.defaultPlaybackRate = 0.5;
          audio.volume = 0.25;
          audio.muted = true;
          audio.currentTime = 1.4;
        }),
        await lab.act(audio, () => audio.removeAttribute("src"), null),
        await lab.act(
          audio,
          () => {
            audio.load();
            audio.currentTime = 3;
          },
          null,
        ),
      ];
    }, source);
  });
}

test("sources that load late, never, or not at once: `<source>` children, a blob, a data URI, none, one without ranges", async () => {
  const { seen } = await assertSame(async () => {
    const seek = async (audio: HTMLAudioElement, until?: null) => [
      await lab.act(audio, () => (audio.currentTime = 1), until),
      await lab.act(audio, () => (audio.currentTime = 1.5), until),
    ];
    const children = await lab.audio();
    const loaded = await lab.act(children, () => {
      children.innerHTML = '<source src="missing.wav"><source src="sound.mp3">';
    });
    const response = await fetch("sound.wav");
    const bytes = await response.blob();
    const blob = await lab.audio(URL.createObjectURL(bytes));
    const reader = new FileReader();
    reader.readAsDataURL(bytes);
    await new Promise((resolve) => reader.addEventListener("load", resolve, { once: true }));
    const data = await lab.audio(reader.result as string);
    const late = await lab.audio();
    const lateLoaded = await lab.act(late, () => {
      late.src = "film.mp4";
      late.currentTime = 2;
    });
    // At HAVE_FUTURE_DATA for as long as the server holds it, unless Chrome takes the rest for as good as there.
    const held = await lab.audio();
    await lab.act(held, () => (held.src = "sound.wav?held"), "canplay");
    const heldSeeks: unknown[] = [];
    for (const time of [0.5, 0.25]) {
      const { events } = await lab.act(held, () => (held.currentTime = time), "canplay");
      const types = events.map((entry) => entry.split(" ")[0]);
      const isWholeTooEarly = held.readyState === 3 && types.includes("canplaythrough");
      heldSeeks.push(
        held.currentTime,
        isWholeTooEarly,
        types.filter((type) => type !== "canplaythrough"),
      );
    }
    await fetch("release");
    while (held.readyState < 4) await lab.settled();
    heldSeeks.push(lab.state(held));
    const lazy = await lab.audio(undefined, { preload: "none" });
    lazy.src = "sound.wav";
    await lab.settled();
    const asked = [await seek(lazy, null), await lab.act(lazy, () => (lazy.preload = "auto"))];
    return [
      loaded,
      await seek(children),
      await seek(blob),
      await seek(data),
      lateLoaded,
      await seek(late),
      asked,
      heldSeeks,
      await seek(lazy),
      await seek(await lab.audio("missing.wav"), null),
      await seek(await lab.audio("broken.wav"), null),
      await seek(await lab.audio(), null),
      (await seek(await lab.audio("sound.wav?whole"))).map(({ sync }) => sync),
    ];
  }, null);
  assert.match(
    String(seen.at(-1)),
    /^0 seeking true .*,0 seeking true /,
    "without ranges Chrome stays at the start",
  );
});

test("what compositions make of it: text, a bar, a waveform; elements of every kind, forty at once", async () => {
  const { quieted, seeksSaved } = await assertSame(async () => {
    const text = document.body.appendChild(document.createElement("p"));
    const bar = document.body.appendChild(document.createElement("div"));
    const audio = await lab.audio("film.mp4", { id: "main" } as never);
    audio.ontimeupdate = () => {
      bar.style.width = `${((100 * audio.currentTime) / audio.duration).toFixed(2)}%`;
    };
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaElementSource(audio).connect(analyser).connect(context.destination);
    const wave = new Uint8Array(analyser.fftSize);

    const detached = new Audio("sound.wav");
    const host = document.body.appendChild(document.createElement("div"));
    const shadow = host.attachShadow({ mode: "closed" });
    shadow.innerHTML = '<audio src="sound.mp3" preload="auto"></audio>';
    const others = [detached, shadow.firstElementChild as HTMLAudioElement];
    for (let n = 0; n < 40; n++) others.push(await lab.audio("sound.wav"));
    for (const other of others.slice(0, 2)) {
      lab.watch(other);
      while (other.readyState < 4) await lab.settled();
    }

    const frames: unknown[] = [];
    for (let frame = 1; frame <= 5; frame++) {
      const at = frame / 30;
      const ends = others.map(
        (other) =>
          new Promise((resolve) => other.addEventListener("canplaythrough", resolve, { once: true })),
      );
      for (const other of others) other.currentTime = at + 0.5;
      await lab.act(audio, () => (audio.currentTime = at));
      await Promise.all(ends);
      await lab.settled();
      text.textContent = `${audio.currentTime.toFixed(3)} of ${audio.duration}`;
      analyser.getByteTimeDomainData(wave);
      const states = new Set(others.map((other) => other.currentTime));
      frames.push([text.textContent, bar.style.width, Array.from(new Set(wave)), Array.from(states)]);
    }
    return [frames, await lab.act(detached, () => (detached.currentTime = 2)), document.body.innerHTML];
  }, null);
  assert.equal(quieted, 43);
  assert.equal(seeksSaved, 43 * 5 + 1);
});

test("nothing is decoded or fetched for a quiet element", async () => {
  const page = await openPage();
  await page.evaluate(quietAudio);
  const decoded = () =>
    page.evaluate(() => {
      const audio = document.querySelector("audio") as HTMLAudioElement & {
        webkitAudioDecodedByteCount: number;
      };
      return [audio.webkitAudioDecodedByteCount, audio.buffered.length, audio.played.length];
    });
  const seek = () =>
    page.evaluate(async () => {
      const audio = document.querySelector("audio") as HTMLAudioElement;
      for (let frame = 0; frame < 60; frame++)
        await lab.act(audio, () => (audio.currentTime = 1 + frame / 30));
    });
  await page.evaluate(async () => void (await lab.audio("film.mp4")));
  const [before, requests] = [await decoded(), server.requests.length];
  await seek();
  assert.deepEqual(await decoded(), before);
  assert.equal(server.requests.length, requests);
  await page.close();

  // The same in a stock page, so that it is seen that this can be seen.
  const stock = await openPage();
  const grown = await stock.evaluate(async () => {
    const audio = (await lab.audio("film.mp4")) as HTMLAudioElement & { webkitAudioDecodedByteCount: number };
    const atFirst = audio.webkitAudioDecodedByteCount;
    for (let frame = 0; frame < 10; frame++) await lab.act(audio, () => (audio.currentTime = 1 + frame / 30));
    return audio.webkitAudioDecodedByteCount - atFirst;
  });
  assert.ok(grown > 0);
  await stock.close();
});

test("play() begins at the kept place; while it plays seeks are Chrome's; paused it is quiet again", async () => {
  for (const source of ["film.mp4", "sound.mp3"]) {
    const { seen, quieted, seeksSaved } = await assertSame(async (source) => {
      const audio = await lab.audio(source);
      const near = (time: number, place: number) => (time >= place && time < place + 1 ? place : time);
      const seen: unknown[] = [];
      await lab.act(audio, () => (audio.currentTime = 1));
      // A place that was just asked for: events to come are Chrome's, none comes twice.
      const both = await lab.act(
        audio,
        () => {
          audio.currentTime = 2;
          void audio.play();
        },
        "playing",
      );
      seen.push(
        both.sync,
        both.events.map((entry) => entry.split(" ")[0]).filter((type) => type !== "timeupdate"),
      );
      seen.push(near(audio.currentTime, 2));
      await lab.act(audio, () => audio.pause(), "pause");
      seen.push(near(audio.currentTime, 2), audio.paused);
      seen.push(await lab.act(audio, () => (audio.currentTime = 0.5)));
      await audio.play();
      seen.push(near(audio.currentTime, 0.5));
      audio.currentTime = 3;
      seen.push(near(audio.currentTime, 3), audio.seeking);
      await lab.act(audio, () => audio.pause(), "pause");
      // The place is that of the player, which was moved while it played.
      seen.push(near(audio.currentTime, 3));
      return seen.map((entry) => JSON.stringify(entry).replace(/played \d/g, ""));
    }, source);
    assert.match(seen[1] ?? "", /seeking.*play.*waiting.*seeked.*canplay.*playing/);
    assert.deepEqual([quieted, seeksSaved], [1, 3]);
  }
});

test("played, sought or loaded past the accessors, the element has the right place all the same", async () => {
  const page = await openPage();
  const seen = await page.evaluate(async (quiet) => {
    const { play } = HTMLMediaElement.prototype;
    const time = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "currentTime");
    const atPlayer = (audio: HTMLAudioElement) => time?.get?.call(audio) as number;
    new Function(`(${quiet})()`)();
    // Not watched: nobody asks for the place meanwhile.
    const come = (audio: HTMLAudioElement, type: string) =>
      new Promise((resolve) => audio.addEventListener(type, resolve, { once: true }));
    const make = async () => {
      const audio = new Audio("sound.wav");
      await come(audio, "canplaythrough");
      audio.currentTime = 2;
      await come(audio, "canplaythrough");
      return audio;
    };
    const [played, sought, loaded] = [await make(), await make(), await make()];
    const kept = [played, sought, loaded].map((audio) => [audio.currentTime, atPlayer(audio)]);
    const sound = come(played, "seeked");
    void play.call(played);
    await sound;
    time?.set?.call(sought, 3);
    const again = come(loaded, "canplaythrough");
    loaded.load();
    await again;
    return { kept, played: atPlayer(played), sought: sought.currentTime, loaded: loaded.currentTime };
  }, String(quietAudio));
  assert.deepEqual(seen.kept, [
    [2, 0],
    [2, 0],
    [2, 0],
  ]);
  assert.ok(seen.played >= 2 && seen.played < 3.5, `${seen.played}`);
  assert.deepEqual([seen.sought, seen.loaded], [3, 0]);
  await page.close();
});

test("what needs Chrome's own seek has it: cues, streams, a MediaSource's gaps, videos", async () => {
  const { quieted } = await assertSame(async () => {
    const seen: unknown[] = [];
    const cued = await lab.audio("sound.wav");
    const track = cued.addTextTrack("captions");
    track.mode = "showing";
    track.addCue(new VTTCue(1, 2, "one"));
    track.addCue(new VTTCue(2, 3, "two"));
    for (const time of [1.5, 2.5, 3.5]) {
      await lab.act(cued, () => (cued.currentTime = time));
      seen.push(Array.from(track.activeCues ?? [], (cue) => (cue as VTTCue).text));
    }
    const source = new MediaSource();
    const appended = await lab.audio();
    appended.src = URL.createObjectURL(source);
    await new Promise((resolve) => source.addEventListener("sourceopen", resolve, { once: true }));
    source.duration = 100;
    const buffer = source.addSourceBuffer("audio/mpeg");
    const bytes = await (await fetch("sound.mp3")).arrayBuffer();
    const append = async (offset: number) => {
      buffer.timestampOffset = offset;
      buffer.appendBuffer(bytes);
      await new Promise((resolve) => buffer.addEventListener("updateend", resolve, { once: true }));
    };
    await append(0);
    while (appended.readyState < 3) await lab.settled();
    // It may take a while for the page to append what it is asked for: until then the seek goes on.
    appended.currentTime = 51;
    await lab.settled();
    seen.push(appended.seeking, appended.currentTime);
    const sought = new Promise((resolve) => appended.addEventListener("seeked", resolve, { once: true }));
    await append(50);
    await sought;
    seen.push(appended.seeking, appended.currentTime);

    const stream = await lab.audio();
    stream.srcObject = new AudioContext().createMediaStreamDestination().stream;
    await lab.settled();
    seen.push(await lab.act(stream, () => (stream.currentTime = 1), null));

    const video = document.body.appendChild(document.createElement("video"));
    video.src = "film.mp4";
    while (video.readyState < 4) await lab.settled();
    const videoSought = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
    video.currentTime = 1 / 3;
    seen.push([video.currentTime, video.seeking, video.readyState]);
    await videoSought;
    seen.push([video.currentTime, video.seeking, video.readyState]);
    return seen;
  }, null);
  assert.equal(quieted, 0);
});

test("a page with accessors of its own is left alone, and says why", async () => {
  const patches: ReadonlyArray<[reason: RegExp, patch: () => void]> = [
    [
      /^the page has a currentTime of its own$/,
      () => {
        const own = Object.getOwnPropertyDescriptor(
          HTMLMediaElement.prototype,
          "currentTime",
        ) as PropertyDescriptor;
        Object.defineProperty(HTMLMediaElement.prototype, "currentTime", {
          ...own,
          get() {
            return own.get?.call(this) + 1000;
          },
        });
      },
    ],
    [
      /^the page has a currentTime of its own$/,
      () => void Object.defineProperty(HTMLAudioElement.prototype, "currentTime", { get: () => 7, set() {} }),
    ],
    [
      /^the page has a paused of its own$/,
      () =>
        void Object.defineProperty(HTMLMediaElement.prototype, "paused", {
          get() {
            return this.currentTime >= 0; // asks what would ask it
          },
        }),
    ],
    [/^the page does not let currentTime be replaced$/, () => void Object.freeze(HTMLMediaElement.prototype)],
    [
      /^the page does not let play be replaced$/,
      () => void Object.defineProperty(HTMLMediaElement.prototype, "play", { configurable: false }),
    ],
    [
      /^the page has a currentTime of its own$/,
      () => Reflect.deleteProperty(HTMLMediaElement.prototype, "currentTime"),
    ],
  ];
  for (const [reason, patch] of patches) {
    const page = await openPage();
    await page.evaluate(patch);
    const describe = () =>
      page.evaluate(() =>
        Object.entries(Object.getOwnPropertyDescriptors(HTMLMediaElement.prototype)).map(
          ([name, { get, set, value }]) => [name, get, set, value].map(String),
        ),
      );
    const before = await describe();
    const [said = "", ...more] = await page.evaluate(quietAudio);
    assert.match(said, reason);
    assert.deepEqual(more, []);
    assert.deepEqual(await describe(), before);
    await page.close();
  }

  // On an element: that one has its own, the others are quiet.
  const page = await openPage();
  await page.evaluate(async () => {
    const own = await lab.audio("sound.wav");
    const descriptor = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "currentTime");
    Object.defineProperty(own, "currentTime", descriptor as PropertyDescriptor);
    await lab.audio("sound.wav");
  });
  assert.deepEqual(await page.evaluate(quietAudio), ["1 <audio> with a currentTime of their own"]);
  const times = await page.evaluate(async () => {
    const all = Array.from(document.querySelectorAll("audio"));
    for (const audio of all) await lab.act(audio, () => (audio.currentTime = 2));
    return all.map(({ currentTime }) => currentTime);
  });
  assert.deepEqual(times, [2, 2]);
  assert.deepEqual(await page.evaluate(mediaCounts), { quieted: 1, seeksSaved: 1 });
  // Twice is as once, also where the page has thrown away what tells.
  assert.deepEqual(await page.evaluate(quietAudio), []);
  await page.evaluate(() => Reflect.deleteProperty(window, "__hyperframesNativeMedia"));
  assert.deepEqual(await page.evaluate(quietAudio), ["the page has a currentTime of its own"]);
  await page.close();
});

test("why a page is left alone goes to NODE_DEBUG, in one line", async () => {
  const script = `
    import { QuietMedia } from ${JSON.stringify(new URL("../../dist/ts/page/quiet-media.js", import.meta.url).href)};
    const page = { evaluate: async () => ["the page has a currentTime of its own"] };
    const media = new QuietMedia(page);
    for (let n = 0; n < 3; n++) media.step({ quieted() {} });
  `;
  const { stderr } = await runModule(script, 20_000, { env: { NODE_DEBUG: "hyperframes-native" } });
  assert.match(
    stderr,
    /^HYPERFRAMES-NATIVE \d+: audio is left to seek: the page has a currentTime of its own\n$/,
  );
});

test("hostile pages: ten thousand elements, elements that go while they are sought, listeners that throw", async () => {
  const { quieted } = await assertSame(async () => {
    const errors: string[] = [];
    window.addEventListener("error", (event) => {
      errors.push(event.message);
      event.preventDefault();
    });
    const many = Array.from({ length: 10_000 }, () => document.createElement("audio"));
    for (const audio of many) audio.currentTime = 1;
    const times = new Set(many.map(({ currentTime }) => currentTime));
    const audio = await lab.audio("sound.wav");
    audio.onseeking = () => {
      throw new Error("seeking");
    };
    audio.onseeked = () => {
      audio.remove();
      document.body.innerHTML = "";
      throw new Error("seeked");
    };
    const acts = [await lab.act(audio, () => (audio.currentTime = 1))];
    for (let n = 0; n < 50; n++) {
      const next = document.body.appendChild(document.createElement("audio"));
      next.src = "sound.wav";
      next.currentTime = 1;
      next.remove();
    }
    // Receivers that are no media elements.
    const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "currentTime") ?? {};
    const refused = [
      {},
      null,
      document.body,
      Object.create(HTMLAudioElement.prototype),
      HTMLAudioElement.prototype,
    ].map((receiver) => {
      const said: string[] = [];
      for (const call of [() => get?.call(receiver), () => set?.call(receiver, 1)]) {
        try {
          said.push(`${call()}`);
        } catch (error) {
          said.push((error as Error).name);
        }
      }
      return said;
    });
    return [Array.from(times), errors, acts, refused];
  }, null);
  assert.equal(quieted, 1);
});

test("page code draws on no clock, no timer and no random numbers", async () => {
  const page = await openPage();
  const drawn = await page.evaluate(async (quiet) => {
    const audio = await lab.audio("film.mp4");
    const drawn: string[] = [];
    const restore: Array<() => void> = [];
    const forbid = (owner: object, name: string) => {
      const own = Object.getOwnPropertyDescriptor(owner, name) as PropertyDescriptor;
      const value = new Proxy(own.value, {
        apply: (target, receiver, args) => {
          drawn.push(name);
          return Reflect.apply(target, receiver, args);
        },
        construct: (target, args) => {
          drawn.push(name);
          return Reflect.construct(target, args);
        },
      });
      Object.defineProperty(owner, name, { ...own, value });
      restore.push(() => Object.defineProperty(owner, name, own));
    };
    for (const name of ["Date", "setTimeout", "setInterval", "requestAnimationFrame", "requestIdleCallback"])
      forbid(window, name);
    forbid(Performance.prototype, "now");
    forbid(Math, "random");
    forbid(Crypto.prototype, "getRandomValues");
    new Function(`(${quiet})()`)();
    for (let n = 1; n < 20; n++) {
      const seeked = new Promise((resolve) =>
        audio.addEventListener("canplaythrough", resolve, { once: true }),
      );
      audio.currentTime = n / 10;
      await seeked;
    }
    await audio.play();
    audio.pause();
    for (const undo of restore) undo();
    return drawn;
  }, String(quietAudio));
  assert.deepEqual(drawn, []);
  assert.equal((await page.evaluate(mediaCounts))?.seeksSaved, 19);
  await page.close();
});

test("through the hook: the counts arrive, the audio of a page without a video is quiet, too", async () => {
  const page = await openPage();
  const hook = createVideoFrameInjector(new StubLookup(() => ({})), {
    logger: { info: () => {} },
  });
  assert.ok(hook);
  await page.evaluate(async () => void (await lab.audio("film.mp4")));
  for (let n = 0; n <= 16; n++) {
    await page.evaluate((time) => {
      const audio = document.querySelector("audio") as HTMLAudioElement;
      audio.currentTime = time;
    }, n / 30);
    await hook(page, n / 30);
  }
  await page.evaluate(() => 0); // what the last call asked has been answered by now
  assert.deepEqual(hook.stats().media, { quieted: 1, seeksSaved: 16 });
  await page.close();
});
