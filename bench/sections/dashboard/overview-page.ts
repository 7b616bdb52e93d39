/** The overview in a browser, and what the browser says of it. Knows the page only by its `data-` attributes. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";

export interface PageFacts {
  readonly nodes: number;
  /** Tasks of more than 50 ms while it was watched, ms each. */
  readonly longTasksMs: readonly number[];
  /** The sum of all layout shifts while it was watched, without those after an input. */
  readonly layoutShift: number;
  /** While it is scrolled from the first to the last device. */
  readonly framesPerSecond: number;
}

export interface Overview {
  /** Long tasks and layout shifts count from now on. */
  begin(): Promise<void>;
  facts(): Promise<PageFacts>;
  showsFire(deviceId: string): Promise<void>;
  close(): Promise<void>;
}

const WAIT = { timeout: 60_000 };
const DESK = { width: 1_280, height: 800 };
const PHONE = { width: 390, height: 844 };
/** A middling phone on a slow mobile network (Lighthouse's "mobile slow 4G"). */
const CPU_SLOWER = 4;
const NETWORK = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };
const SCROLL_SECONDS = 4;

const FIRST = "first data after ms:";
const FIRST_DATA = `
  new MutationObserver((_, observer) => {
    const shown = document.querySelector("[data-device-id] [data-metric]");
    if (shown === null || !/\\d/.test(shown.textContent)) return;
    observer.disconnect();
    requestAnimationFrame(() => console.log("${FIRST}", performance.now()));
  }).observe(document, { subtree: true, childList: true, characterData: true });
`;

const WATCH = `
  window.longTasksMs = [];
  window.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasksMs.push(duration);
  }).observe({ type: "longtask" });
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.layoutShift += value;
  }).observe({ type: "layout-shift" });
`;

/** Frames that were drawn while it scrolled, to the end at an even pace. */
const SCROLL = `new Promise((done) => {
  const sinceMs = performance.now();
  let frames = 0;
  const step = (nowMs) => {
    frames++;
    const share = Math.min(1, (nowMs - sinceMs) / ${SCROLL_SECONDS * 1_000});
    scrollTo(0, share * (document.documentElement.scrollHeight - innerHeight));
    if (share < 1) requestAnimationFrame(step);
    else done(frames / ((nowMs - sinceMs) / 1000));
  };
  requestAnimationFrame(step);
})`;

/** ms from the address to the first device with a value. */
export async function firstDataOnPhone(browser: Browser, httpUrl: string): Promise<number> {
  const context = await browser.newContext({ viewport: PHONE, isMobile: true });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWER });
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", NETWORK);
  await page.addInitScript(FIRST_DATA);
  const said = page.waitForEvent("console", { ...WAIT, predicate: (message) => message.text().startsWith(FIRST) });
  await page.goto(httpUrl, { waitUntil: "commit" });
  const firstDataMs = Number((await said).text().slice(FIRST.length));
  await context.close();
  return firstDataMs;
}

export async function openOverview(browser: Browser, httpUrl: string): Promise<Overview> {
  const context = await browser.newContext({ viewport: DESK, locale: "en-US" });
  const page = await context.newPage();
  await page.goto(httpUrl);
  await page.locator("[data-device-id]").first().waitFor(WAIT);
  return {
    begin: () => page.evaluate<undefined>(WATCH),
    facts: () => factsOf(page),
    showsFire: async (deviceId) => {
      await page.locator("[data-attention]").getByRole("link", { name: deviceId }).waitFor(WAIT);
      while (!/^\(\d+\)/.test(await page.title())) await sleep(10);
    },
    close: () => context.close(),
  };
}

async function factsOf(page: Page): Promise<PageFacts> {
  const [longTasksMs, layoutShift] = await page.evaluate<[number[], number]>(
    "[window.longTasksMs.slice(), window.layoutShift]",
  );
  const framesPerSecond = await page.evaluate<number>(SCROLL);
  const nodes = await page.locator("*").count();
  await page.evaluate("scrollTo(0, 0)");
  return { nodes, longTasksMs, layoutShift, framesPerSecond };
}
