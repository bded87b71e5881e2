import type { CapturePage, FramePayload, FrameUpdate, PageFunctions } from "hyperframes-native";

/** A page that only keeps a diary: what was called on it, in order. */
export class StubPage implements CapturePage {
  readonly diary: string[] = [];
  /** Every batch of updates that was injected. */
  readonly injected: FrameUpdate[][] = [];
  readonly reseeks: number[] = [];
  /** Videos whose host is hidden: the page skips them. */
  readonly hidden = new Set<string>();
  failure: Error | undefined;

  /** The only functions of ours that this page is given are the one that ends a step, and those that quiet its media, which have no argument. */
  async evaluate(_pageFunction: unknown, end?: { time: number }): Promise<void> {
    if (end === undefined) return;
    this.diary.push(`reseek ${end.time}`);
    this.reseeks.push(end.time);
  }

  /** `id:src` of the last batch. */
  get last(): string[] {
    return (this.injected.at(-1) ?? []).map(({ videoId, dataUri }) => `${videoId}:${dataUri}`);
  }
}

/** Upstream's page functions in the stub's terms. */
export const stubPageFunctions: PageFunctions = {
  async injectVideoFramesBatch(page: StubPage, updates: FrameUpdate[]) {
    page.diary.push(`inject ${updates.map(({ videoId }) => videoId).join(" ")}`);
    if (page.failure) throw page.failure;
    page.injected.push(updates);
    return updates.map(({ videoId }) => videoId).filter((id) => !page.hidden.has(id));
  },
  async syncVideoFrameVisibility(page: StubPage, ids: string[]) {
    page.diary.push(`sync ${ids.join(" ")}`.trimEnd());
  },
};

/** A lookup table that answers from a function and counts how often it is asked. */
export class StubLookup {
  readonly asked: number[] = [];
  readonly #answer: (time: number) => Record<string, [framePath: string, frameIndex: number]>;
  frameDirs?: () => string[];

  constructor(answer: (time: number) => Record<string, [framePath: string, frameIndex: number]>) {
    this.#answer = answer;
  }

  /** One video `v` that shows another frame each tenth of a second, so many in all. */
  static ofVideo(frames: number, path: (frame: number) => string): StubLookup {
    return new StubLookup((time) => {
      const frame = Math.floor(time * 10 + 1e-9);
      return frame < frames ? { v: [path(frame), frame] } : {};
    });
  }

  getActiveFramePayloads(time: number): Map<string, FramePayload> {
    this.asked.push(time);
    return new Map(
      Object.entries(this.#answer(time)).map(([id, [framePath, frameIndex]]) => [
        id,
        { framePath, frameIndex },
      ]),
    );
  }
}
