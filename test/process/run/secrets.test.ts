/** Whatever happens to a secret, right or wrong, it stands in no log, no refusal, no metric and no answer but the one that shows it. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { runCommand } from "../../support/hub/command.ts";
import { makeOwner, OWNER } from "../../support/hub/first-account.ts";
import { type SpawnedHub, spawnHub } from "../../support/hub/hub.ts";

const WRONG = [
  "a-wrong-password-of-a-person",
  "a-wrong-secret-of-a-board",
  "aerie_t_a-wrong-token",
  "a-waiting-board's-password",
] as const;

const post = (hub: SpawnedHub, at: string, body: unknown, headers: object = {}): Promise<Response> =>
  fetch(`${hub.url}${at}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

/** The log, the database and what else is kept, but where secrets are kept as hashes. */
function keptTexts(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const file = path.join(dir, name);
    return statSync(file).isFile() ? [readFileSync(file, "latin1")] : [];
  });
}

test("secrets stand in no log at any level, no refusal, no metric, no file", async () => {
  const hub = await spawnHub({ args: ["--auth", "on", "--log-level", "debug"] });
  const [, setupCode = ""] = /#\/setup\/(\S+)/.exec(hub.stderr()) ?? [];
  const tokenOf = await makeOwner(hub);
  const [operator, metrics] = [await tokenOf("operator"), await tokenOf("metrics")];
  const made = async (...args: string[]): Promise<string> =>
    (await runCommand(...args, "-d", hub.dataDir)).stdout.trim();
  const board = await made("device", "add", "cellar");
  const application = await made("application", "add", "panel", "--publish", "panel/#", "--subscribe", "devices/#");
  const [, password = ""] = /Password: (\S+)/.exec(await made("user", "add", "Vera")) ?? [];
  const [person, secret, token, waiting] = WRONG;

  const refused = { reconnectPeriod: 0 };
  await expect(connectJs(hub.mqttUrl, { ...refused, username: "cellar", password: secret })).rejects.toThrow();
  await expect(connectJs(hub.wsUrl, { ...refused, username: "x", password: secret, clientId: "x" })).rejects.toThrow();
  await expect(connectJs(hub.mqttUrl, { ...refused, username: "attic", password: board })).rejects.toThrow();
  await made("pair");
  await connectJs(hub.mqttUrl, { username: "tasmota", password: waiting, clientId: "tasmota" });
  const client = await connectJs(hub.mqttUrl, { username: "cellar", password: board });
  await client.publish("devices/cellar/telemetry", '{"temperature":20}', { qos: 1 });
  await connectJs(hub.mqttUrl, { username: "panel", password: application });
  await post(hub, "/api/session", { name: OWNER.name, password: person });
  await post(hub, "/api/session", `{"name":"${OWNER.name}","password":"${person}`);
  await post(hub, "/api/session", { name: "Vera", password, more: person });
  const signedIn = await post(hub, "/api/session", { name: "Vera", password });
  const [cookie = ""] = (signedIn.headers.get("set-cookie") ?? "").split(";");
  for (const authorization of [`Bearer ${token}`, `Basic ${token}`, operator.authorization]) {
    await fetch(`${hub.url}/api/devices?token=${token}`, { headers: { authorization } });
    await openLiveClient(hub.url, { extraHeaders: { authorization } }).catch(() => undefined);
  }
  await fetch(`${hub.url}/api/devices`, { headers: { cookie, origin: hub.url } });
  await made("user", "password", "Vera");
  await made("device", "remove", "cellar");

  const headers = { ...operator };
  const answers = await Promise.all(
    ["/api/refusals", "/api/pairing", "/api/boards", "/api/devices", "/readyz"].map(async (each) =>
      (await fetch(`${hub.url}${each}`, { headers })).text(),
    ),
  );
  answers.push(await (await fetch(`${hub.url}/metrics`, { headers: metrics })).text());
  await hub.kill("SIGTERM");
  const bearer = ({ authorization }: { authorization: string }): string => authorization.slice("Bearer ".length);
  const secrets = {
    person,
    secret,
    token,
    waiting,
    board,
    application,
    password,
    cookie: cookie.split("=")[1] ?? "",
    operator: bearer(operator),
    metrics: bearer(metrics),
    owner: OWNER.password,
  };
  for (const [name, each] of Object.entries(secrets)) {
    expect(each.length, name).toBeGreaterThan(8);
    expect(hub.stdout(), `${name} in the log`).not.toContain(each);
    expect(hub.stderr(), `${name} on the terminal`).not.toContain(each);
    for (const answer of answers) expect(answer, `${name} in an answer`).not.toContain(each);
    for (const text of keptTexts(hub.dataDir)) expect(text.includes(each), `${name} in a file`).toBe(false);
  }
  expect(answers[0]).toContain("CREDENTIAL_WRONG");
  expect(hub.stdout()).toContain('"level":"info"');
  expect(hub.stdout()).not.toContain(setupCode);
});
