/** Accounts on a disk that takes nothing: each answer says what holds, and what was answered is there after a kill. */
import { readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { SessionAnswer } from "../../../src/contract/access.ts";
import { CSRF_HEADER } from "../../../src/contract/levels.ts";
import type { Readiness } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { limitFiles, unlimitFiles } from "../../support/faults/full-disk.ts";
import { type SpawnedHub, spawnHub, tempDir } from "../../support/hub/hub.ts";
import { until } from "../../support/until.ts";

const PASSWORD = "correct horse battery";
const OTHER = "another horse battery";

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: Record<string, string>;
}

/** Asks as one of a hub's people or programs. */
type Ask = (method: string, at: string, body?: unknown) => Promise<Answer>;

const askWith =
  (hub: SpawnedHub, headers: Readonly<Record<string, string>>): Ask =>
  async (method, at, body) => {
    const response = await fetch(`${hub.url}${at}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = (text === "" ? {} : JSON.parse(text)) as Record<string, string>;
    return { status: response.status, code: parsed["code"], body: parsed };
  };

/** In a browser; undefined: not let in. */
async function letIn(hub: SpawnedHub, at: "/api/session" | "/api/setup", body: unknown): Promise<Ask | undefined> {
  const response = await fetch(`${hub.url}${at}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) return undefined;
  const { csrf = "" } = (await response.json()) as SessionAnswer;
  const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
  return askWith(hub, { cookie, origin: hub.url, [CSRF_HEADER]: csrf });
}

const signIn = (hub: SpawnedHub, name: string, password = PASSWORD) => letIn(hub, "/api/session", { name, password });
const tokenOf = (hub: SpawnedHub, secret = ""): Ask => askWith(hub, { authorization: `Bearer ${secret}` });
const setupCode = (hub: SpawnedHub): string => /#\/setup\/(\S+)/.exec(hub.stderr())?.[1] ?? "";

const isBoardIn = (hub: SpawnedHub, username: string, password = ""): Promise<boolean> =>
  connectJs(hub.mqttUrl, { username, password, reconnectPeriod: 0 }).then(
    () => true,
    () => false,
  );

const warningOf = async (ask: Ask): Promise<string | undefined> =>
  ((await ask("GET", "/readyz")).body as unknown as Readiness).warnings.find(({ part }) => part === "accounts")
    ?.problem;

const startOn = (dataDir: string): Promise<SpawnedHub> => spawnHub({ dataDir, args: ["--auth", "on"] });

/** With one of each that can be taken away. */
async function openFull() {
  const dataDir = tempDir();
  const hub = await startOn(dataDir);
  const owner = (await letIn(hub, "/api/setup", { code: setupCode(hub), name: "Owner", password: PASSWORD })) as Ask;
  const made = async (at: string, body: object): Promise<Record<string, string>> => {
    const answer = await owner("POST", at, body);
    if (answer.status !== 201) throw new Error(`${at}: ${JSON.stringify(answer)}`);
    return answer.body;
  };
  const person = (name: string, role: string) => made("/api/users", { name, role, password: PASSWORD });
  const application = (name: string) => made("/api/applications", { name, publish: ["x/#"], subscribe: [] });
  return {
    dataDir,
    hub,
    owner,
    vera: await person("Vera", "operator"),
    otto: await person("Otto", "viewer"),
    token: await made("/api/tokens", { name: "a", scope: "viewer" }),
    board: await made("/api/boards", { deviceId: "cellar" }),
    attic: await made("/api/boards", { deviceId: "attic" }),
    panel: await application("panel"),
  };
}

test("what cannot be written was not made, what was taken away stays away, and a killed hub knows what it answered", async () => {
  const { dataDir, hub, owner, vera, otto, token, board, attic, panel } = await openFull();
  const [verasPage, elsewhere] = [(await signIn(hub, "Vera")) as Ask, (await signIn(hub, "Owner")) as Ask];
  limitFiles(hub.pid, 0);

  const givers: [string, string, object][] = [
    ["POST", "/api/users", { name: "Nobody", role: "owner", password: PASSWORD }],
    ["POST", "/api/tokens", { name: "b", scope: "operator" }],
    ["POST", "/api/boards", { deviceId: "cellar" }],
    ["POST", "/api/boards", { deviceId: "new" }],
    ["POST", "/api/applications", { name: "new", publish: ["#"], subscribe: [] }],
    ["PATCH", `/api/users/${vera["id"]}`, { role: "owner" }],
    ["PATCH", `/api/users/${vera["id"]}`, { password: OTHER }],
  ];
  for (const [method, at, body] of givers) {
    const { status, code, body: problem } = await owner(method, at, body);
    expect([status, code], `${method} ${at}`).toEqual([503, "ACCESS_NOT_SAVED"]);
    expect(problem["detail"]).toContain("access.json cannot be written");
  }
  const whatHeld = async (asked: SpawnedHub): Promise<void> => {
    expect(await signIn(asked, "Nobody")).toBeUndefined();
    expect(await signIn(asked, "Vera", OTHER)).toBeUndefined();
    expect(await isBoardIn(asked, "cellar", board["secret"])).toBe(true);
  };
  await whatHeld(hub);
  expect((await verasPage("GET", "/api/session")).body["level"]).toBe("operator"); // nobody signed her out

  const takers: [string, string, object?][] = [
    ["DELETE", `/api/tokens/${token["id"]}`],
    ["DELETE", "/api/boards/attic"],
    ["DELETE", `/api/applications/${panel["id"]}`],
    ["DELETE", `/api/users/${otto["id"]}`],
    ["PATCH", `/api/users/${vera["id"]}`, { role: "viewer" }],
  ];
  for (const [method, at, body] of takers) {
    expect(await owner(method, at, body), `${method} ${at}`).toMatchObject({ status: 503, code: "REVOKED_NOT_SAVED" });
  }
  expect(await elsewhere("DELETE", "/api/session")).toMatchObject({ status: 503, code: "REVOKED_NOT_SAVED" });
  const whatEnded = async (asked: SpawnedHub): Promise<void> => {
    expect((await tokenOf(asked, token["secret"])("GET", "/api/devices")).status).toBe(401);
    expect(await isBoardIn(asked, "attic", attic["secret"])).toBe(false);
    expect(await isBoardIn(asked, "x", panel["secret"])).toBe(false);
    expect(await signIn(asked, "Otto")).toBeUndefined();
  };
  await whatEnded(hub);
  for (const page of [verasPage, elsewhere]) {
    expect((await page("GET", "/api/session")).body["level"]).toBe("nobody");
  }
  expect(await warningOf(owner)).toMatch(/\d+ changes are in force but not saved: a crash would undo them/);
  expect(readdirSync(dataDir).filter((name) => name.endsWith(".new"))).toEqual([]);

  unlimitFiles(hub.pid);
  await until("it is written", async () => (await warningOf(owner)) === undefined, { withinMs: 5_000 });
  await hub.kill();
  const next = await startOn(dataDir);
  await whatHeld(next);
  await whatEnded(next);
  const [after, page] = [await signIn(next, "Owner"), await signIn(next, "Vera")];
  expect((await page?.("GET", "/api/session"))?.body["level"]).toBe("viewer");
  const people = (await after?.("GET", "/api/users"))?.body["users"] as unknown as { name: string }[];
  expect(people.map(({ name }) => name).sort()).toEqual(["Owner", "Vera"]);
});

test("on a full disk nobody becomes the owner, not even after a kill; with space the same link works, and a wrong key stops the start", async () => {
  const dataDir = tempDir();
  writeFileSync(path.join(dataDir, "access.key"), ""); // as a full disk left it once
  const first = await startOn(dataDir);
  const body = (hub: SpawnedHub) => ({ code: setupCode(hub), name: "Owner", password: PASSWORD });
  expect(statSync(path.join(dataDir, "access.key")).size).toBe(32); // made by the start
  limitFiles(first.pid, 0);
  const refused = await askWith(first, {})("POST", "/api/setup", body(first));
  expect(refused).toMatchObject({ status: 503, code: "ACCESS_NOT_SAVED" });
  expect(await signIn(first, "Owner")).toBeUndefined();
  await first.kill();
  const second = await startOn(dataDir);
  expect(await signIn(second, "Owner")).toBeUndefined();
  limitFiles(second.pid, 0);
  await askWith(second, {})("POST", "/api/setup", body(second));
  unlimitFiles(second.pid);
  expect(await letIn(second, "/api/setup", body(second))).toBeDefined();
  await second.kill();
  writeFileSync(path.join(dataDir, "access.key"), "");
  await expect(startOn(dataDir)).rejects.toThrow(/access\.key is not the key that belongs to access\.json/);
});
