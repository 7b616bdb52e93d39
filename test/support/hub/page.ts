/** Opens pages in a real browser. Knows the dashboard only by its `data-` attributes. */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { inject, onTestFinished } from "vitest";

/** The browser of the run, with no page of another test; what this test opens is closed when it has ended. */
export async function openBrowser(): Promise<Browser> {
  const answer = await fetch(inject("browserOfRun"));
  if (!answer.ok) throw new Error(await answer.text());
  const browser = await chromium.connect(await answer.text());
  onTestFinished(() => browser.close());
  return browser;
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors that no code of the page caught. */
  readonly failures: readonly string[];
}

/** A page with nothing of another page: no cache, no storage. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const failures: string[] = [];
  page.on("pageerror", (error) => void failures.push(error.message));
  await page.goto(url);
  return { page, failures };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A folder, for who wants to look. */
const SCREENSHOTS = process.env["AERIE_TEST_SCREENSHOTS"];

/** A picture of the page, where a folder for it is named. */
export async function look(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** What a person who cannot see it, or has no mouse, would stumble over. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    "axe.run(document, { resultTypes: ['violations'] })",
  );
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** What a device's page shows: current values, and of each chart its points, statistics and table. */
export interface Shown {
  values: { [metric: string]: string };
  charts: { [metric: string]: { points: string; stats: string; table: string[] } };
}

/** Unfolds all charts of a device's page, and their tables. */
export async function showAll(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Show \d+ more$/ }).click();
  await showTables(page);
}

export async function showTables(page: Page): Promise<void> {
  const closed = page.locator('figure[data-points] button[aria-expanded="false"]');
  while ((await closed.count()) > 0) await closed.first().click();
}

export const shown = (page: Page): Promise<Shown> =>
  page.evaluate(() => {
    // Runs in the page, where there is a document; this project is compiled without the DOM's types.
    interface Element {
      textContent: string | null;
      dataset: Record<string, string | undefined>;
      querySelector(selector: string): Element | null;
      querySelectorAll(selector: string): Iterable<Element>;
    }
    const { document } = globalThis as unknown as { document: Element };
    const textOf = (element: Element | null): string => element?.textContent ?? "";
    const figures = [...document.querySelectorAll("figure[data-points]")];
    return {
      values: Object.fromEntries(
        [...document.querySelectorAll("span[data-metric]")].map((each) => [each.dataset["metric"] ?? "", textOf(each)]),
      ),
      charts: Object.fromEntries(
        figures.map((figure) => [
          figure.dataset["metric"] ?? "",
          {
            points: figure.dataset["points"] ?? "",
            stats: textOf(figure.querySelector("[data-stats]")),
            table: [...figure.querySelectorAll("tbody tr")].map(textOf),
          },
        ]),
      ),
    };
  });
