/** The README's way from a clone to a chart that moves, each command as it stands there, timed. What is committed is what is cloned. */
import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "../support/hub/hub.ts";
import { openBrowser, openPage } from "../support/hub/page.ts";
import { inTerminal } from "../support/hub/terminal-hub.ts";
import { typeCommand } from "../support/typed-command.ts";
import { until } from "../support/until.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
/** `npm run soak` sets it. Otherwise the clone takes the modules that are here: npm has installed them, and that is no work of ours. */
const INSTALLS = process.env["AERIE_TEST_INSTALL"] === "npm";
const WAIT = { timeout: 60_000 };
const WITHIN = { withinMs: 120_000 };

test("from a clone to a chart that moves: npm ci, npm start, npm run sim, and the page", {
  timeout: 300_000,
}, async () => {
  const folder = path.join(tempDir(), "aerie");
  execFileSync("git", ["clone", "--quiet", ROOT, folder]);
  const startedMs = performance.now();
  const secondsSince = (fromMs: number): string => ((performance.now() - fromMs) / 1_000).toFixed(1);
  if (INSTALLS) execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, stdio: "ignore" });
  else symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  const installed = secondsSince(startedMs);

  const env = { AERIE_HTTP_PORT: "0", AERIE_MQTT_PORT: "0", AERIE_DATA_DIR: tempDir() };
  const typed = { cwd: folder, endsBy: "SIGTERM" } as const;
  const hub = typeCommand([...inTerminal(), "npm", "start"], { ...typed, env });
  const [, httpPort, mqttPort] = await until(
    "the hub listens",
    () => /listening\s.*?http=\S+:(\d+).*?mqtt=\S+:(\d+)/.exec(hub.said()) ?? undefined,
    WITHIN,
  );
  typeCommand(["npm", "run", "sim", "--", "--url", `mqtt://127.0.0.1:${mqttPort}`], typed);

  const { page, failures } = await openPage(await openBrowser(), `http://127.0.0.1:${httpPort}/`, { locale: "en-US" });
  await page.locator("[data-device-id] a").first().click(WAIT);
  const figure = page.locator("figure[data-points]").first();
  const points = async (): Promise<number> => Number(await figure.getAttribute("data-points", WAIT));
  const first = await points();
  await until("the chart moves", async () => (await points()) > first + 1, WITHIN);
  console.log(`A chart moves ${secondsSince(startedMs)} s after the clone, of which installing took ${installed} s.`);
  expect(failures).toEqual([]);
});
