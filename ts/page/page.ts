/**
 * The part of puppeteer's `Page` that is used here, by shape: the host brings its own puppeteer, of whatever version,
 * and a type of one version would not accept a page of another.
 */
export interface CapturePage {
  // biome-ignore lint/suspicious/noExplicitAny: puppeteer's own signature is generic over the page function
  evaluate(pageFunction: any, ...args: any[]): Promise<any>;
}

/** The part of puppeteer's `Page` that tells of its end. */
interface ClosingPage {
  once?(event: "close", listener: () => void): unknown;
}

/** Has `listener` called when the page is closed, if it is one that tells. */
export function onceClosed(page: CapturePage, listener: () => void): void {
  (page as ClosingPage).once?.("close", listener);
}

/** A session of the DevTools protocol, by shape. */
export interface ProtocolSession {
  // biome-ignore lint/suspicious/noExplicitAny: puppeteer types methods and parameters by a map of its own version
  send(method: any, ...parameters: any[]): Promise<any>;
  detach(): Promise<void>;
}

/** What a page must have besides for frames to go any other way than inline. */
export interface ProtocolPage extends CapturePage {
  createCDPSession(): Promise<ProtocolSession>;
}

/** Whether the page speaks the DevTools protocol. */
export function hasProtocol(page: CapturePage): page is ProtocolPage {
  return typeof (page as Partial<ProtocolPage>).createCDPSession === "function";
}
