/**
 * The part of puppeteer's `Page` that is used here, by shape: the host brings its own puppeteer, of whatever version,
 * and a type of one version would not accept a page of another.
 */
export interface CapturePage {
  // biome-ignore lint/suspicious/noExplicitAny: puppeteer's own signature is generic over the page function
  evaluate(pageFunction: any, ...args: any[]): Promise<any>;
}
