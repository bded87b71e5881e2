import type { CapturePage, FramePayload } from "hyperframes-native";
import { upstreamPart } from "./upstream-parts.ts";

/** One frame that upstream's hook gives the page. */
export interface FrameUpdate {
  readonly videoId: string;
  readonly dataUri: string;
}

/** A page that only keeps a diary: what upstream's own hook (of the installed engine) called on it, in order. */
export class StubPage implements CapturePage {
  readonly diary: string[] = [];
  /** Every batch of updates that was injected. */
  readonly injected: FrameUpdate[][] = [];
  /** Videos whose host is hidden: the page skips them. */
  readonly hidden = new Set<string>();
  failure: Error | undefined;

  async evaluate(pageFunction: { name: string }, argument: unknown): Promise<unknown> {
    switch (upstreamPart(pageFunction)) {
      case "sync":
        this.diary.push(`sync ${(argument as string[]).join(" ")}`.trimEnd());
        return undefined;
      case "inject": {
        const updates = argument as FrameUpdate[];
        this.diary.push(`inject ${updates.map(({ videoId }) => videoId).join(" ")}`);
        if (this.failure) throw this.failure;
        this.injected.push(updates);
        return updates.map(({ videoId }) => videoId).filter((id) => !this.hidden.has(id));
      }
      case "reseek":
        this.diary.push(`reseek ${argument}`);
        return undefined;
      default:
        return undefined;
    }
  }

  /** `id:src` of the last batch. */
  get last(): string[] {
    return (this.injected.at(-1) ?? []).map(({ videoId, dataUri }) => `${videoId}:${dataUri}`);
  }
}

/** A lookup table that answers from a function and counts how often it is asked. */
export class StubLookup {
  readonly asked: number[] = [];
  /** Tables of CLI 0.8.150 and later have it. */
  frameDirs?: () => string[];
  readonly #answer: (time: number) => Record<string, [framePath: string, frameIndex: number]>;

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
