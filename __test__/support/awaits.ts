/** Counts what a hook waits for, and makes a fault happen at one of the waits. */
import { FrameCache, FrameServer } from "../../index.js";
import { upstreamPart } from "./upstream-parts.ts";

/** Does something else than just making the call that is waited for. */
export type Fault = (call: () => Promise<unknown>) => Promise<unknown>;

/** The n-th wait of a name, counted from 1. */
export interface NamedWait {
  readonly name: string;
  readonly nth: number;
}

/** The waits of one run, in order; one of them gets the fault. */
export class Awaits {
  readonly names: string[] = [];
  readonly #at: number | NamedWait;
  readonly #fault: Fault;
  /** Resolves when the fault happens. */
  readonly happened: Promise<void>;
  #tell: () => void = () => {};
  #stopped = false;
  #faulted: string | undefined;

  /** @param at counted from 1, of all or of those of a name; one that never comes makes no fault happen. */
  constructor(at: number | NamedWait, fault: Fault) {
    this.#at = at;
    this.#fault = fault;
    this.happened = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  get count(): number {
    return this.names.length;
  }

  /** What was waited for when the fault happened; `undefined` while it has not. */
  get faulted(): string | undefined {
    return this.#faulted;
  }

  /** No fault from here on. */
  stop(): void {
    this.#stopped = true;
  }

  pass(name: string, call: () => Promise<unknown>): Promise<unknown> {
    if (this.#stopped) return call();
    this.names.push(name);
    if (this.#faulted !== undefined || !this.#isDue(name)) return call();
    this.#faulted = name;
    this.#tell();
    return this.#fault(call);
  }

  #isDue(name: string): boolean {
    if (typeof this.#at === "number") return this.count === this.#at;
    const { name: wanted, nth } = this.#at;
    return name === wanted && this.names.filter((passed) => passed === wanted).length === nth;
  }
}

/** What is counted of puppeteer's page, or of one that stands for it. */
interface CountedPage {
  // biome-ignore lint/suspicious/noExplicitAny: as puppeteer's own
  evaluate(pageFunction: any, ...args: any[]): Promise<any>;
  createCDPSession?(): Promise<CountedSession>;
}

interface CountedSession {
  // biome-ignore lint/suspicious/noExplicitAny: as puppeteer's own
  send(method: any, ...parameters: any[]): Promise<any>;
}

/** A name for a page function: its own, or what upstream does with it. */
function nameOf(pageFunction: { name?: string }): string {
  const part = upstreamPart(pageFunction);
  return part === undefined ? String(pageFunction.name) : `upstream's ${part}`;
}

/** Has every message that goes to `page` counted. */
export function countPage(page: CountedPage, awaits: Awaits): void {
  const evaluate = page.evaluate.bind(page);
  page.evaluate = (pageFunction, ...args) =>
    awaits.pass(`evaluate ${nameOf(pageFunction)}`, () => evaluate(pageFunction, ...args));
  const createCDPSession = page.createCDPSession?.bind(page);
  if (createCDPSession === undefined) return;
  page.createCDPSession = async () => {
    const session = (await awaits.pass("createCDPSession", createCDPSession)) as CountedSession;
    const send = session.send.bind(session);
    session.send = (method, ...parameters) =>
      awaits.pass(`send ${method}`, () => send(method, ...parameters));
    return session;
  };
}

const NATIVE = [
  [FrameCache.prototype, "get"],
  [FrameCache.prototype, "inspect"],
  [FrameCache.prototype, "sameBytes"],
  [FrameServer.prototype, "register"],
] as const;

/** Has every call of the native side counted while `work` goes on. */
export async function countNative<T>(awaits: Awaits, work: () => Promise<T>): Promise<T> {
  const methods = NATIVE.map(([owner, name]) => {
    const prototype = owner as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const method = prototype[name];
    if (method === undefined) throw new Error(`the native side has no ${name}`);
    prototype[name] = function (...args) {
      return awaits.pass(`native ${name}`, () => method.apply(this, args));
    };
    return () => {
      prototype[name] = method;
    };
  });
  try {
    return await work();
  } finally {
    for (const restore of methods) restore();
  }
}
