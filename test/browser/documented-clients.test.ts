/** Clients as they are written: those of docs/protocol.md against a hub with accounts, the first document's against one without. */
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { connectJs, mosquittoPub } from "../support/clients/mqtt-clients.ts";
import { SEED_BROWSER, SEED_CURL, SEED_NODE } from "../support/clients/seed-clients.ts";
import { openAccessWorld, setUp } from "../support/hub/access-world.ts";
import { openBrowser } from "../support/hub/page.ts";
import { startOnTerminal } from "../support/hub/terminal-hub.ts";
import { until } from "../support/until.ts";

const root = path.join(import.meta.dirname, "..", "..");
const CLIENT = path.join(
  path.dirname(createRequire(import.meta.url).resolve("socket.io-client/package.json")),
  "dist",
  "socket.io.esm.min.js",
);

/** The block of that language that connects to a hub, with the address of this one. */
function client(language: string, hubUrl: string): string {
  const blocks = readFileSync(path.join(root, "docs", "protocol.md"), "utf8").matchAll(/```(\w+)\n([\s\S]*?)```/g);
  const [found] = [...blocks].flatMap(([, of, text = ""]) => (of === language && text.includes("io(") ? [text] : []));
  if (found === undefined) throw new Error(`docs/protocol.md has no client in ${language}`);
  return found.replaceAll("http://hub.local:3000", hubUrl);
}

/** Another web server, which answers each path with the page that was put there. */
async function openPanel() {
  const pages = new Map<string, string>();
  const server = createServer((request, response) => {
    response.setHeader("Content-Type", "text/html; charset=utf-8").end(pages.get(request.url ?? ""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pages };
}

async function openWorld(corsOrigins: string[] = []) {
  const { hub, token, board } = await openAccessWorld({ settings: { corsOrigins } });
  const { secret: password } = await board("cellar");
  const cellar = await connectJs(hub.mqttUrl, { username: "cellar", password });
  const publish = () => cellar.publish("devices/cellar/telemetry", '{"temperature":21.5}', { qos: 1 });
  return { hub, publish, secret: (await token("viewer")).secret };
}

function runNode(text: string, token = "", type = "module"): () => string {
  const env = { PATH: process.env["PATH"], TOKEN: token };
  const child = spawn(process.execPath, [`--input-type=${type}`, "-"], { cwd: root, env, stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
  }
  child.stdin.end(text);
  return () => said;
}

test("the client for Node.js prints readings, and says why it is refused", async () => {
  const { hub, publish, secret } = await openWorld();
  const said = runNode(client("js", hub.url), secret);
  const refused = runNode(client("js", hub.url), "wrong");

  await until("a reading is printed", async () => {
    await publish();
    return said().includes("temperature: 21.5");
  });
  await until("it is refused", () => refused().includes("(LOGIN_NEEDED)"));
  expect(refused()).toMatch(/^The hub does not know this token/);
});

test("the page of another web server shows readings, and says why it is refused", async () => {
  const panel = await openPanel();
  const { hub, publish, secret } = await openWorld([panel.origin]);
  const context = await (await openBrowser()).newContext();
  const show = async (path: string, text: string) => {
    panel.pages.set(path, text);
    const page = await context.newPage();
    const headers = { "Access-Control-Allow-Origin": "*" };
    await page.route(/cdn\.socket\.io/, (route) => route.fulfill({ path: CLIENT, headers }));
    await page.goto(panel.origin + path);
    return () => page.locator("#readings").textContent();
  };
  const page = client("html", hub.url);
  const shown = await show("/readings", page.replace("aerie_t_…", secret));
  const refused = await show("/refused", page);

  await until("a reading is shown", async () => {
    await publish();
    return (await shown())?.includes('"temperature":21.5');
  });
  await until("it is refused", async () => (await refused())?.startsWith("The hub does not know this token"));
});

test("the clients and the command of the first document run against a hub without an account, until there is one", async () => {
  const hub = await startOnTerminal();
  const here = (text: string): string => text.replaceAll("localhost:3000", `localhost:${hub.httpPort}`);
  const said = runNode(here(SEED_NODE), "", "commonjs");
  const context = await (await openBrowser()).newContext({ bypassCSP: true });
  const page = await context.newPage();
  const shown: string[] = [];
  page.on("console", (message) => void shown.push(message.text()));
  await page.goto(here("http://localhost:3000/websocket-test.html"));
  await page.addScriptTag({ path: path.join(path.dirname(CLIENT), "socket.io.min.js") });
  await page.evaluate(here(SEED_BROWSER));

  await until("both print a reading", async () => {
    await mosquittoPub(hub, "-q", "1", "-t", "devices/esp32-lab/telemetry", "-m", '{"temperature":25.5}');
    return said().includes("temperature: 25.5") && shown.some((line) => line.startsWith("New sensor data:"));
  });
  expect(said()).toContain("Connected to WebSocket server\nClient ID: ");
  const [curl = "", ...args] = here(SEED_CURL).split(" ");
  const { stdout } = await promisify(execFile)(curl, ["-s", ...args]);
  expect(JSON.parse(stdout)).toEqual({ success: true, connectedClients: 2, websocketEnabled: true });

  await setUp(hub, hub.setupCode);
  await until("it is disconnected", () => said().includes("Disconnected from WebSocket server"));
});
