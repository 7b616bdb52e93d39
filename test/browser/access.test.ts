/** Accounts in a real browser: the first account by its link, signing in and out, and a board connected in three steps. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { limitFiles, unlimitFiles } from "../support/faults/full-disk.ts";
import { printedLinks } from "../support/hub/first-account.ts";
import { spawnHub, startHub } from "../support/hub/hub.ts";
import { openBrowser, openPage, violations } from "../support/hub/page.ts";
import { nonLoopbackAddress } from "../support/network.ts";
import { within } from "../support/until.ts";

const WAIT = { timeout: 30_000 };
const PASSWORD = "correct horse battery";
/** A folder, for who wants to look. */
const SCREENSHOTS = process.env["AERIE_TEST_SCREENSHOTS"];

async function look(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

async function fill(page: Page, name: string, password: string, button: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: button }).click();
}

/** With accounts and nobody who has one, and the link that makes the first. */
async function startEmptyHub() {
  const hub = await startHub({ settings: { auth: "on" } });
  return { hub, link: `${hub.url}/#/setup/${hub.setupCode}` };
}

/** Ada's page, on a hub that nobody else knows. */
async function openAsOwner() {
  const { hub, link } = await startEmptyHub();
  return { hub, ...(await openAda(link)) };
}

async function openAda(link: string) {
  const browser = await openBrowser();
  const { page, failures } = await openPage(browser, link);
  await fill(page, "Ada", PASSWORD, "Create account");
  return { browser, page, failures };
}

async function addPerson(page: Page, name: string, role: string): Promise<void> {
  await page.getByRole("button", { name: "Add a person" }).click();
  const form = page.getByRole("form", { name: "Add a person" });
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("Password").fill(PASSWORD);
  await form.getByLabel("Role").selectOption(role);
  expect(await form.locator("[data-meanings]").textContent()).toContain("owner may also manage people");
  await form.getByRole("button").click();
  await page.locator(`[data-row="${name}"]`).waitFor(WAIT);
}

test("from an empty hub to a board whose chart moves: the link, a name, and what the page says to put on the board", async () => {
  const address = nonLoopbackAddress();
  if (address === undefined) throw new Error("this machine has no IPv4 address besides 127.0.0.1");
  const hub = await spawnHub({ asShipped: true });
  const links = await printedLinks(hub);
  const link = links.find((each) => each.includes(address));
  expect(links.length).toBeGreaterThan(1);
  expect(hub.stdout()).not.toContain("#/setup");
  const browser = await openBrowser();
  const { page, failures } = await openPage(browser, link ?? "");
  const sent: string[] = [];
  page.on("request", (request) => void sent.push(`${request.url()} ${request.postData() ?? ""}`));

  await page.getByRole("heading", { name: "Create the first account" }).waitFor(WAIT);
  await look(page, "setup");
  await fill(page, "Ada", PASSWORD, "Create account");
  await page.locator('[data-state="live"]').waitFor(WAIT);
  await page.getByRole("link", { name: "Add a board" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("cellar");
  await page.getByRole("button", { name: "Create a secret" }).click();
  await page.getByRole("heading", { name: "Put this on the board" }).waitFor(WAIT);
  await page.getByLabel("Wi-Fi password").fill("never sent");
  const sketch = (await page.locator(".command-long code").textContent()) ?? "";
  await look(page, "add-board");
  // A page of http:// at an address has no clipboard of its own.
  expect(await page.evaluate("isSecureContext")).toBe(false);
  await page.getByRole("button", { name: "Copy the code" }).click();
  await page.getByText("Copied").first().waitFor(WAIT);
  await page.getByLabel("Wi-Fi name").press("Control+v");
  expect(await page.getByLabel("Wi-Fi name").inputValue()).toBe(sketch.replaceAll("\n", " ").slice(0, 64));

  const said = (name: string): string => new RegExp(`${name} = "?([^";]+)"?;`).exec(sketch)?.[1] ?? "";
  expect(sketch).toContain('WIFI_PASSWORD = "never sent"');
  expect(sketch).toMatch(/setBufferSize\(\d+\)[\s\S]*if \(!mqtt\.publish\(TELEMETRY/);
  const board = await connectJs(`mqtt://${said("HUB_HOST")}:${said("HUB_PORT")}`, {
    clientId: said("DEVICE_ID"),
    username: said("DEVICE_ID"),
    password: said("DEVICE_SECRET"),
  });
  await board.publish(said("TELEMETRY"), '{"temperature":21.5}', { qos: 1 });
  await page.locator('[data-step="stored"][data-state="done"]').waitFor(WAIT);
  await page.getByRole("link", { name: "Open cellar" }).click();
  const chart = page.locator('figure[data-metric="temperature"]');
  await expect.poll(() => chart.getAttribute("data-points"), WAIT).toBe("1");
  await board.publish(said("TELEMETRY"), '{"temperature":22.5}', { qos: 1 });
  await expect.poll(() => chart.getAttribute("data-points"), WAIT).toBe("2");
  expect(sent.length).toBeGreaterThan(5);
  expect(sent.filter((each) => each.includes("never"))).toEqual([]);
  expect(failures).toEqual([]);
});

test("who is signed out sees nothing, a wrong password is named, and signing out ends what was on screen", async () => {
  const { hub, link } = await startEmptyHub();
  const browser = await openBrowser();
  const { page } = await openPage(browser, `${hub.url}/#/inspector`, { viewport: { width: 390, height: 844 } });
  await page.getByRole("heading", { name: "This hub has no owner yet" }).waitFor(WAIT);
  expect(await page.getByRole("link", { name: "Overview" }).count()).toBe(0);
  await page.goto(link);
  await fill(page, "Ada", PASSWORD, "Create account");
  await page.locator('[data-state="live"]').waitFor(WAIT);
  await look(page, "phone-signed-in");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);

  await page.getByRole("button", { name: "Ada" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor(WAIT);
  await fill(page, "Ada", "wrong password", "Sign in");
  await page.getByRole("alert").waitFor(WAIT);
  expect(await page.getByRole("alert").textContent()).toContain("Wrong user name or password");
  await look(page, "phone-wrong");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator('[data-state="live"]').waitFor(WAIT);
});

test("a board that connects by itself is let in with one click, with the password that it has", async () => {
  const { hub, page, failures } = await openAsOwner();
  await page.getByRole("link", { name: "Add a board" }).click();
  await page.getByRole("button", { name: "Open join window for 10 minutes" }).click();
  await page.locator('[data-window="open"]').waitFor(WAIT);
  const login = { clientId: "tasmota_1", username: "tasmota_1", password: "its own long password" };
  const board = await connectJs(hub.mqttUrl, login);
  void board.client.publishAsync("devices/tasmota_1/telemetry", '{"temperature":19}', { qos: 0 });
  const row = page.locator('[data-waiting="tasmota_1"]');
  await row.getByText("devices/tasmota_1/telemetry").waitFor(WAIT);
  await page.locator('[data-step="connected"]').getByText("A board waits until you let it in").waitFor(WAIT);
  await look(page, "join");
  await row.getByRole("button", { name: "Let it in with its own password" }).click();
  await page.getByRole("heading", { name: "tasmota_1 is let in" }).waitFor(WAIT);
  const back = await connectJs(hub.mqttUrl, login);
  await back.publish("devices/tasmota_1/telemetry", '{"temperature":19}', { qos: 1 });
  await page.locator('[data-step="stored"][data-state="done"]').waitFor(WAIT);
  expect(failures).toEqual([]);
});

test("the owner makes and takes away people, tokens and applications; an operator sees boards alone, a viewer none of it", async () => {
  const hub = await spawnHub({ args: ["--auth", "on"] }); // of its own process, whose files are limited below
  const [link = ""] = await printedLinks(hub);
  const { browser, page, failures } = await openAda(link);
  await page.getByRole("link", { name: "Settings" }).click();
  const licences = await page.getByRole("link", { name: "third-party licences" }).getAttribute("href");
  expect((await fetch(new URL(licences ?? "", `${hub.url}/`))).status).toBe(200);
  await addPerson(page, "Otto", "operator");
  await addPerson(page, "Vera", "viewer");
  await page.getByRole("button", { name: "Create a token" }).click();
  const tokens = page.getByRole("form", { name: "Create a token" });
  await tokens.getByLabel("Name of the program").fill("grafana");
  await tokens.getByLabel("Expires after (days)").fill("30");
  await tokens.getByRole("button").click();
  const secret = page.locator('[data-secret="grafana"] code');
  await secret.waitFor(WAIT);
  const asked = async () => {
    const authorization = `Bearer ${await secret.textContent()}`;
    return (await fetch(`${hub.url}/api/devices`, { headers: { authorization } })).status;
  };
  expect(await asked()).toBe(200);
  expect(await page.locator('[data-row="grafana"]').textContent()).toMatch(/^grafanaviewer(?!never).*never/);
  await page.getByRole("button", { name: "Add an application" }).click();
  const applications = page.getByRole("form", { name: "Add an application" });
  await applications.getByLabel("Name").fill("node-red");
  await applications.getByRole("button").click();
  await page.getByText("node-red logs in with this MQTT password and any user name.").waitFor(WAIT);
  await page.locator('[data-note="loopback"]').getByText("AERIE_MQTT_HOST=0.0.0.0").waitFor(WAIT);
  const storage = page.getByRole("table", { name: "Settings of storage" });
  expect(await storage.locator('[data-setting="AERIE_DATA_DIR"] [data-source]').getAttribute("data-source")).toBe(
    "flag",
  );
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Change Otto" }).click();
  await page.getByRole("dialog", { name: "Change Otto" }).waitFor(WAIT);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect.poll(() => page.evaluate("document.activeElement.ariaLabel"), WAIT).toBe("Change Otto");
  await page.getByRole("link", { name: "Storage and retention" }).click();
  const focused = () => page.evaluate("document.activeElement.tagName + document.activeElement.textContent");
  await expect.poll(focused, WAIT).toBe("H2Storage and retention");
  await page.getByRole("link", { name: "Storage and retention" }).click();
  await expect.poll(focused, WAIT).toBe("H2Storage and retention");
  await look(page, "settings");
  limitFiles(hub.pid, 0);
  await page.getByRole("button", { name: "Remove grafana" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.locator('[data-row="grafana"]').waitFor({ state: "detached", ...WAIT });
  await page.getByText("Done, but not saved to disk yet.").waitFor(WAIT);
  await expect.poll(focused, WAIT).toMatch(/^H3/);
  expect(await asked()).toBe(401);
  await look(page, "settings-full-disk");
  unlimitFiles(hub.pid);

  for (const [name, sections, links] of [
    ["Otto", ["Devices and tokens", "Notifications", "Dashboard", "About"], 2],
    ["Vera", ["Notifications", "Dashboard", "About"], 1],
  ] as const) {
    const { page: other } = await openPage(browser, `${hub.url}/#/settings`, { viewport: { width: 390, height: 844 } });
    await fill(other, name, PASSWORD, "Sign in");
    await other.getByRole("heading", { name: "Settings" }).waitFor(WAIT);
    await expect.poll(() => other.locator("h2").allTextContents(), WAIT).toEqual([...sections]);
    const pages = other.getByRole("navigation", { name: "Pages" });
    expect(await pages.getByRole("link", { name: /^(Add board|Settings)$/ }).count()).toBe(links);
    await look(other, `settings-${name}`);
    expect(await other.evaluate("document.documentElement.scrollWidth")).toBe(390);
  }
  expect(failures).toEqual([]);
});

test("the owner gives a person another role and a password; who was signed in with the old ones has to sign in again", async () => {
  const { hub, browser, page, failures } = await openAsOwner();
  await page.getByRole("link", { name: "Settings" }).click();
  await addPerson(page, "Otto", "viewer");
  const row = page.locator('[data-row="Otto"]');
  const { page: other } = await openPage(browser, `${hub.url}/#/settings`, { viewport: { width: 390, height: 844 } });
  await fill(other, "Otto", PASSWORD, "Sign in");
  await other.locator('[data-state="live"]').waitFor(WAIT);

  await row.getByRole("button", { name: "Change Otto" }).click();
  const change = page.getByRole("form", { name: "Change Otto" });
  await change.getByLabel("Role").selectOption("operator");
  await change.getByLabel("New password").fill("another long password");
  await look(page, "settings-change");
  await change.getByRole("button").click();

  await change.waitFor({ state: "detached", ...WAIT });
  await row.getByText("operator", { exact: true }).waitFor(WAIT);
  await other.getByRole("heading", { name: "Sign in" }).waitFor(WAIT);
  await fill(other, "Otto", "another long password", "Sign in");
  await other.getByRole("heading", { name: "Boards" }).waitFor(WAIT);
  expect(failures).toEqual([]);
});

test("a page whose sign-in has ended, and that was refused since, gets live values again when somebody signs in on it", async () => {
  const { hub, browser, page } = await openAsOwner();
  await page.getByRole("link", { name: "Settings" }).click();
  await addPerson(page, "Otto", "viewer");
  const { page: other } = await openPage(browser, hub.url);
  const refused = new Promise<void>((resolve) => {
    other.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => void (String(payload).startsWith("44") && resolve())),
    );
  });
  await fill(other, "Otto", PASSWORD, "Sign in");
  await other.locator('[data-state="live"]').waitFor(WAIT);

  await page.getByRole("button", { name: "Change Otto" }).click();
  const change = page.getByRole("form", { name: "Change Otto" });
  await change.getByLabel("New password").fill("another long password");
  await change.getByRole("button").click();
  await other.getByRole("heading", { name: "Sign in" }).waitFor(WAIT);
  await within("its connection is refused", refused);
  await fill(other, "Otto", "another long password", "Sign in");

  await other.locator('[data-state="live"]').waitFor(WAIT);
});

test("without a board at hand the empty hub starts three simulated boards, and takes away all of them with a click", async () => {
  const { page, failures } = await openAsOwner();
  await page.getByRole("heading", { name: "Add a board" }).waitFor(WAIT);
  await look(page, "first-steps");
  await page.getByRole("button", { name: "Start three simulated boards" }).click();

  await expect.poll(() => page.locator("[data-device-id]").count(), { timeout: 30_000 }).toBe(3);
  await page.locator('[data-simulation="running"]').waitFor(WAIT);
  await look(page, "simulated-boards");
  await page.getByRole("button", { name: "Stop and remove" }).click();
  await page.getByRole("heading", { name: "No device yet" }).waitFor(WAIT);
  // The devices may be gone before the hub has answered that they are.
  await page.locator("[data-simulation]").waitFor({ ...WAIT, state: "detached" });
  expect(failures).toEqual([]);
});

test("a board that is refused stands in the inspector with what to do, and comes in by it; a viewer cannot change it", async () => {
  const { hub, browser, page, failures } = await openAsOwner();
  await page.getByRole("link", { name: "Inspector" }).click();
  await page.getByText("Nothing was refused").waitFor(WAIT);
  await expect(connectJs(hub.mqttUrl, { clientId: "boiler", username: "boiler", password: "x" })).rejects.toThrow();
  const cause = (code: string) => page.locator(`article[data-code="${code}"]`);
  const row = cause("CREDENTIAL_UNKNOWN");
  await row.waitFor(WAIT);
  await look(page, "inspector-fix");
  await row.getByRole("link", { name: "Connect this board" }).click();
  expect(await page.getByRole("textbox", { name: "Name" }).inputValue()).toBe("boiler");
  await page.getByRole("button", { name: "Create a secret" }).click();
  await page.getByRole("button", { name: "Command line" }).click();
  const command = (await page.locator(".command-long code").textContent()) ?? "";
  const password = / -P (\S+) /.exec(command)?.[1] ?? "";
  const board = await connectJs(hub.mqttUrl, { clientId: "boiler", username: "boiler", password });
  await board.publish("devices/boiler/telemetry", '{"temperature":60}', { qos: 1 });
  await page.locator('[data-step="stored"][data-state="done"]').waitFor(WAIT);

  await page.getByRole("link", { name: "Inspector" }).click();
  await page.getByText("1 solved cause").click();
  const solved = (code: string) => page.locator(`.solved [data-code="${code}"]`);
  await solved("CREDENTIAL_UNKNOWN").getByText("The next try was accepted").waitFor(WAIT);
  void board.client.publish("devices/boiler/telemetry", '{"temperature":nan,"humidity":40}', { qos: 0 });
  const faulty = cause("PAYLOAD_NOT_JSON");
  await faulty.getByRole("heading", { name: "boiler: The payload is not valid JSON" }).waitFor(WAIT);
  expect(await faulty.locator(".place").textContent()).toBe('{"temperature":nan,"humidity":40}');
  expect(await faulty.locator("mark").textContent()).toBe("n");
  void board.client.publish("devices/boiler/telemetry/BAD NAME!", "1".repeat(4_300_000), { qos: 0 });
  const large = cause("PAYLOAD_TOO_LARGE");
  await large.getByText("How to raise it").click();
  expect(await large.locator(".command code").textContent()).toBe("AERIE_MAX_PACKET_BYTES=8388608");
  await look(page, "inspector-places");
  await page.getByRole("button", { name: "Connections 1" }).click();
  await faulty.waitFor({ ...WAIT, state: "detached" });
  await large.waitFor(WAIT);
  await page.getByRole("button", { name: "All 2" }).click();
  expect(await violations(page)).toEqual([]);
  const again = await connectJs(hub.mqttUrl, { clientId: "boiler", username: "boiler", password });
  await again.publish("devices/boiler/telemetry", '{"temperature":61}', { qos: 1 });
  await solved("PAYLOAD_NOT_JSON").getByText("The next try was accepted").waitFor(WAIT);

  await page.getByRole("link", { name: "Clients" }).click();
  const client = page.locator('[data-client="boiler"]');
  await client.getByText("MQTT 3.1.1").waitFor(WAIT);
  await look(page, "inspector-clients");
  expect(await violations(page)).toEqual([]);
  await client.getByRole("button", { name: "Disconnect boiler" }).click();
  await page.getByText("No such client is connected.").waitFor(WAIT);
  expect(again.client.connected).toBe(false);

  await page.getByRole("link", { name: "Settings" }).click();
  await addPerson(page, "Vera", "viewer");
  const { page: other } = await openPage(browser, `${hub.url}/#/devices/boiler`);
  await fill(other, "Vera", PASSWORD, "Sign in");
  await other.getByRole("button", { name: "Why?" }).waitFor(WAIT);
  expect(await other.getByRole("button", { name: /^(Edit|Delete)/ }).count()).toBe(0);
  expect(failures).toEqual([]);
});

test("a Tasmota board with the credential of a sketch is let use its own topics with one click", async () => {
  const { hub, page, failures } = await openAsOwner();
  await page.getByRole("link", { name: "Add a board" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill("kettle");
  await page.getByRole("button", { name: "Create a secret" }).click();
  await page.getByRole("button", { name: "Command line" }).click();
  const command = (await page.locator(".command-long code").textContent()) ?? "";
  const password = / -P (\S+) /.exec(command)?.[1] ?? "";
  const login = { clientId: "DVES_C0FFEE", username: "kettle", password };
  const refused = await connectJs(hub.mqttUrl, login);
  await refused.publish("tele/kettle/SENSOR", '{"ENERGY":{"Power":2000}}', { qos: 1 });

  await page.getByRole("link", { name: "Inspector" }).first().click();
  const row = page.locator('article[data-code="TOPIC_NOT_OWN"]');
  await row.getByText("Its topics are those of Tasmota.").waitFor(WAIT);
  await look(page, "inspector-family");
  await row.getByRole("button", { name: "Let it use these topics" }).click();
  await row.locator("[data-done]").waitFor(WAIT);
  const board = await connectJs(hub.mqttUrl, login);
  await board.publish("tele/kettle/SENSOR", '{"ENERGY":{"Power":2000}}', { qos: 1 });
  await page.goto(`${hub.url}/#/devices/tasmota:kettle`);
  await page.locator('figure[data-metric="ENERGY.Power"]').getByText("2,000").first().waitFor(WAIT);
  await look(page, "tasmota-device");
  expect(failures).toEqual([]);
});

test("one kind of board after another gets its secret and its settings", async () => {
  const { page, failures } = await openAsOwner();
  await page.getByRole("link", { name: "Add a board" }).first().click();
  for (const [kind, label, name, text] of [
    ["Arduino", "Name", "shed", "PubSubClient"],
    ["Tasmota", "Topic", "kettle", "Topic kettle;"],
    ["Zigbee2MQTT", "Name", "my house", "base_topic: zigbee2mqtt"],
    ["ThingsBoard client", "Device id", "press-4", "ACCESS_TOKEN"],
  ] as const) {
    await page.getByRole("button", { name: kind, exact: true }).click();
    await page.getByLabel(label, { exact: true }).fill(name);
    await page.getByRole("button", { name: "Create a secret" }).click();
    await page.locator(".command-long code", { hasText: text }).waitFor(WAIT);
  }
  expect(failures).toEqual([]);
});

test("before the first account, this computer sees values and how to make one; then boards that had no secret get theirs", async () => {
  const hub = await startHub({ settings: { auth: "on", unclaimed: "loopback" } });
  const { page, failures } = await openPage(await openBrowser(), hub.url);
  await page.getByText("This hub is open to this computer only.").first().waitFor(WAIT);
  await page.getByText("npm run sim -- --devices 3", { exact: true }).waitFor(WAIT);
  await look(page, "unclaimed-empty");
  const board = await connectJs(hub.mqttUrl, { clientId: "cellar" });
  await board.publish("devices/cellar/telemetry", '{"temperature":23.4}', { qos: 1 });
  await page.getByText("23.4").first().waitFor(WAIT);
  await look(page, "unclaimed");

  await page.getByRole("button", { name: "Make your account" }).click();
  await page.getByRole("heading", { name: "This hub has no owner yet" }).waitFor(WAIT);
  await look(page, "unclaimed-account");
  await page.getByLabel("Or paste the link here").fill(`http://hub.local:3000/#/setup/${hub.setupCode}`);
  await page.getByRole("button", { name: "Create the first account" }).click();
  await fill(page, "Ada", PASSWORD, "Create account");
  await page.getByText("23.4").first().waitFor(WAIT);
  expect(await page.getByText("This hub is open to this computer only.").count()).toBe(0);
  await within("the board is disconnected", expect.poll(() => board.client.connected, WAIT).toBe(false));

  await page.goto(`${hub.url}/#/settings`);
  await page.getByRole("link", { name: "Make the secret of cellar" }).click();
  await page.getByRole("button", { name: "Create a secret" }).click();
  await page
    .getByText(/aerie_b_/)
    .first()
    .waitFor(WAIT);
  await page.goto(`${hub.url}/#/settings`);
  await page.getByRole("heading", { name: "Settings" }).waitFor(WAIT);
  await page.locator('[data-row="cellar"]').waitFor(WAIT);
  expect(await page.getByRole("link", { name: "Make the secret of cellar" }).count()).toBe(0);
  expect(failures).toEqual([]);
});
