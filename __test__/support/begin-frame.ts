/** The part of puppeteer's page that tells of its browser. */
interface BrowserPage {
  // biome-ignore lint/suspicious/noExplicitAny: puppeteer's own browser, or one that stands for it
  browser: () => any;
}

/** Makes a page one of a browser that was launched for BeginFrame capture, as far as it tells: captures keep what it has decoded. */
export function asIfBeginFrame(page: BrowserPage): void {
  const browser = page.browser();
  page.browser = () => ({
    get connected() {
      return browser.connected;
    },
    on: browser.on.bind(browser),
    off: browser.off.bind(browser),
    process: () => ({ spawnargs: ["--enable-begin-frame-control"] }),
  });
}
