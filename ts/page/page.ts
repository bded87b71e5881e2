/**
 * The part of puppeteer's `Page` that is used here, by shape: upstream brings its own puppeteer, of whatever version,
 * and a type of one version would not accept a page of another.
 */
export interface CapturePage {
  // biome-ignore lint/suspicious/noExplicitAny: puppeteer's own signature is generic over the page function
  evaluate(pageFunction: any, ...args: any[]): Promise<any>;
}

/** The part of puppeteer's `Page` that tells of its end. */
interface EndingPage {
  isClosed?(): boolean;
  browser?(): EndingBrowser | undefined;
  once?(event: "close", listener: () => void): unknown;
}

/** The part of puppeteer's `Browser` that tells of its end. */
interface EndingBrowser {
  readonly connected?: boolean;
  on?(event: "disconnected", listener: () => void): unknown;
  off?(event: "disconnected", listener: () => void): unknown;
}

/** Whether the page is closed or its browser gone; `false` for a page that does not tell. */
export function isGone(page: object): boolean {
  const ending = page as EndingPage;
  return ending.isClosed?.() === true || ending.browser?.()?.connected === false;
}

/**
 * Has `listener` called once when the page is closed or its browser gone, if it is one that tells; at once, if it is gone already. A
 * browser that is killed closes no page, and one that outlives its pages must not keep what listened for them.
 */
export function onceGone(page: CapturePage, listener: () => void): void {
  if (isGone(page)) {
    listener();
    return;
  }
  const ending = page as EndingPage;
  const browser = ending.browser?.();
  let isCalled = false;
  const call = () => {
    if (isCalled) return;
    isCalled = true;
    browser?.off?.("disconnected", call);
    listener();
  };
  ending.once?.("close", call);
  browser?.on?.("disconnected", call);
}

/** A session of the DevTools protocol, by shape. */
export interface ProtocolSession {
  // biome-ignore lint/suspicious/noExplicitAny: puppeteer types methods and parameters by a map of its own version
  send(method: any, ...parameters: any[]): Promise<any>;
  detach(): Promise<void>;
}

/** A page that speaks the DevTools protocol, without which frames go inline. */
export interface ProtocolPage extends CapturePage {
  /**
   * Sessions stay attached while the page lives: detaching one drops what others have set for the page, such as the transparent
   * background of upstream's captures (measured with Chromium 156: a render with motion blur turned white).
   */
  createCDPSession(): Promise<ProtocolSession>;
}

export function hasProtocol(page: CapturePage): page is ProtocolPage {
  return typeof (page as Partial<ProtocolPage>).createCDPSession === "function";
}
