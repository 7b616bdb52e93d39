/** A vitest `globalSetup`: at most one browser for all files of a run, started when the first file asks for it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type BrowserServer, chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { readTools } from "../tools.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where `page.ts` asks. */
    browserOfRun: string;
  }
}

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let running: Promise<BrowserServer> | undefined;
  const server = createServer((_, response) => {
    running ??= chromium.launchServer({ executablePath: readTools().browser, args: ARGS });
    running.then(
      (browser) => response.end(browser.wsEndpoint()),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("browserOfRun", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    await (await running)?.close();
  };
}
