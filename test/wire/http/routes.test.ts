/** Every route of a real hub answers as it is declared, and as the hub's OpenAPI document says. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import type { BoardAnswer, PairingAnswer, TokenAnswer, UserAnswer, WithSecret } from "../../../src/contract/access.ts";
import type { Level } from "../../../src/contract/levels.ts";
import { reading } from "../../../src/contract/readings.ts";
import type { OpenApiDocument, ReadingsPage } from "../../../src/contract/rest.ts";
import { nameOf } from "../../../src/http/declaration/route.ts";
import { ROUTES } from "../../../src/http/routes/all-routes.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type AccessWorld, askerWith, openAccessWorld, PASSWORD } from "../../support/hub/access-world.ts";
import { createDeclaredAnswers, type DeclaredAnswers } from "../../support/hub/declared-answers.ts";
import { startHub } from "../../support/hub/hub.ts";
import { until } from "../../support/until.ts";

const BREAKS = "an answer breaks its own schema";
const HOUR_MS = 3_600_000;

async function documentOf({ owner }: Pick<AccessWorld, "owner">): Promise<OpenApiDocument> {
  return (await owner.ask<OpenApiDocument>("/api/openapi.json")).body;
}

/** A device with each field that a device may have, and some refusals. */
async function fillCellar({ hub }: AccessWorld, { secret }: { secret: string }): Promise<void> {
  const board = await connectJs(hub.mqttUrl, { username: "cellar", password: secret, protocolVersion: 5 });
  const publish = (topic: string, payload: unknown) =>
    board
      .publish(`devices/cellar/${topic}`, typeof payload === "string" ? payload : JSON.stringify(payload), { qos: 1 })
      .catch(() => undefined); // MQTT 5 says that it is refused
  const firstMs = Date.now() - HOUR_MS;
  const readings = Array.from({ length: 60 }, (_, at) => ({
    ts: firstMs + at * 1_000,
    temperature: 20 + at,
    on: at % 2 === 0,
  }));
  await publish("telemetry", readings);
  await publish("telemetry", { temperature: "unavailable", mode: "auto" });
  await publish("telemetry", { ts: "2026-11-29 12:00:00", temperature: 21 });
  await publish("attributes", { model: "ESP32", net: { ip: "10.0.0.1", ports: [1, 2], dns: null } });
  await publish("telemetry", '{"temperature": oops}');
  await publish("elsewhere", "1");
}

/** Devices, readings and how the hub is, as an owner sees them. */
async function askAboutDevices({ owner }: AccessWorld, { ask }: DeclaredAnswers): Promise<void> {
  for (const name of [
    "GET /websocket/status",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /api/refusals",
    "GET /api/rejections",
    "GET /api/openapi.json",
    "GET /api/devices",
    "GET /api/session",
  ]) {
    await ask(owner, name);
  }
  const body = { name: "Boiler", place: "Cellar", retention: { rawDays: 7 } };
  await ask(owner, "PATCH /api/devices/:id", "/api/devices/cellar", { body });
  await ask(owner, "GET /api/devices/:id", "/api/devices/cellar");
  await ask(owner, "GET /api/devices", "/api/devices?limit=1&search=BOIL");
  await ask(owner, "GET /api/devices/:id/latest", "/api/devices/cellar/latest");
  const page = await ask<ReadingsPage>(owner, "GET /api/devices/:id/readings", "/api/devices/cellar/readings?limit=5");
  const next = `/api/devices/cellar/readings?cursor=${page.body.nextCursor}&order=desc`;
  await ask(owner, "GET /api/devices/:id/readings", next);
  for (const query of ["metrics=temperature,on,nothing", "metrics=temperature&points=2"]) {
    await ask(owner, "GET /api/devices/:id/series", `/api/devices/cellar/series?${query}`);
  }
  for (const query of ["", "?format=csv", "?gzip=true"]) await ask(owner, "GET /api/export", `/api/export${query}`);
  const { text } = await owner.ask("/api/export");
  const lines = text.trim().split("\n");
  expect(lines.length).toBeGreaterThan(60);
  for (const line of lines) expect(reading.safeParse(JSON.parse(line)).error).toBeUndefined();
  await ask(owner, "DELETE /api/devices/:id/readings", "/api/devices/cellar/readings?metrics=on");
}

/** Accounts, tokens and credentials: made, listed, changed and removed. */
async function askAboutAccess({ hub, owner, nobody }: AccessWorld, { ask }: DeclaredAnswers): Promise<void> {
  const user = { name: "Vera", password: PASSWORD, role: "viewer" };
  const { id } = (await ask<UserAnswer>(owner, "POST /api/users", undefined, { body: user })).body;
  await ask(nobody, "POST /api/session", undefined, { body: { name: "Vera", password: PASSWORD } });
  await ask(nobody, "DELETE /api/session");
  await ask(nobody, "GET /api/session");
  await ask(owner, "PATCH /api/users/:id", `/api/users/${id}`, { body: { role: "operator" } });
  await ask(owner, "GET /api/users");
  await ask(owner, "DELETE /api/users/:id", `/api/users/${id}`);
  for (const days of [undefined, 5]) {
    const body = { name: "scraper", scope: "viewer", days };
    const token = (await ask<WithSecret<TokenAnswer>>(owner, "POST /api/tokens", undefined, { body })).body;
    await ask(askerWith(hub, { authorization: `Bearer ${token.secret}` }), "GET /api/devices");
    await ask(owner, "GET /api/tokens");
    await ask(owner, "DELETE /api/tokens/:id", `/api/tokens/${token.id}`);
  }
  const application = { name: "reader", publish: [], subscribe: ["#"], days: 3 };
  const made = await ask<{ id: string }>(owner, "POST /api/applications", undefined, { body: application });
  await ask(owner, "GET /api/applications");
  await ask(owner, "DELETE /api/applications/:id", `/api/applications/${made.body.id}`);
}

async function askAboutPairing({ hub, owner }: AccessWorld, { ask }: DeclaredAnswers): Promise<void> {
  await ask(owner, "POST /api/pairing", undefined, { body: { minutes: 5 } });
  for (const [deviceId, adopt] of [
    ["attic", true],
    ["garden", false],
  ] as const) {
    const board = await connectJs(hub.mqttUrl, { username: deviceId, password: "chosen by the board's maker" });
    board.client.publish(`devices/${deviceId}/telemetry`, '{"temperature":1}');
    const id = await until("the board was heard", async () => {
      const { waiting } = (await ask<PairingAnswer>(owner, "GET /api/pairing")).body;
      return waiting.find(({ clientId: _, userName, topics }) => userName === deviceId && topics.length > 0)?.id;
    });
    await ask(owner, "POST /api/pairing/:id", `/api/pairing/${id}`, { body: { deviceId, adopt } });
  }
  await ask(owner, "DELETE /api/pairing");
}

/** Each route once by a caller whose level is too low, with a wrong query and body, and about nothing that there is. */
async function askInVain(world: AccessWorld, { ask }: DeclaredAnswers): Promise<void> {
  const { owner, nobody } = world;
  const scraper = await world.token("metrics");
  const isOpen = (level: Level): boolean => level === "nobody" || level === "metrics";
  for (const route of ROUTES) {
    const [name, path] = [nameOf(route), route.path.replace(":id", "none")];
    const wrong = route.body === undefined ? {} : { body: { nonsense: true } };
    await ask(nobody, name, path, wrong);
    if (!isOpen(route.level)) await ask(scraper, name, path, wrong);
    // It would sign the owner out.
    if (name !== "DELETE /api/session") await ask(owner, name, `${path}?nonsense=1`, wrong);
    if (route.path.includes(":id")) await ask(owner, name, path, route.body === undefined ? {} : { body: {} });
  }
  const again = { name: "Owner", password: PASSWORD, role: "owner" };
  await ask(owner, "POST /api/users", undefined, { body: again });
  await ask(nobody, "POST /api/session", undefined, { body: { name: "Owner", password: "wrong" } });
  await ask(owner, "POST /api/boards", undefined, { body: { deviceId: "x".repeat(20_000) } });
  await ask(owner, "GET /api/devices", "/api/devices?cursor=nonsense");
}

test("every route answers as it is declared and as the OpenAPI document says, also where it refuses", async () => {
  const world = await openAccessWorld();
  const { hub, owner } = world;
  const answers = createDeclaredAnswers(await documentOf(world));
  const { ask } = answers;
  const board = await ask<WithSecret<BoardAnswer>>(owner, "POST /api/boards", undefined, {
    body: { deviceId: "cellar" },
  });
  await fillCellar(world, board.body);
  await ask(owner, "GET /api/boards");
  await askAboutDevices(world, answers);
  await askAboutAccess(world, answers);
  await askAboutPairing(world, answers);
  await askInVain(world, answers);
  await ask(owner, "DELETE /api/boards/:id", "/api/boards/cellar");
  await ask(owner, "DELETE /api/devices/:id", "/api/devices/cellar?credential=keep");
  const fresh = await startHub({ settings: { auth: "on" } });
  const setup = { code: fresh.setupCode, name: "Owner", password: PASSWORD };
  await ask(askerWith(fresh, {}), "POST /api/setup", undefined, { body: setup });
  await ask(askerWith(await startHub(), {}), "GET /api/users");

  expect(answers.faults).toEqual([]);
  expect([...answers.answered].sort()).toEqual(ROUTES.map(nameOf).sort());
  expect([...answers.problems.keys()]).toEqual(
    expect.arrayContaining([
      "REQUEST_INVALID",
      "LOGIN_NEEDED",
      "LOGIN_FAILED",
      "LEVEL_TOO_LOW",
      "DEVICE_UNKNOWN",
      "ACCOUNT_UNKNOWN",
      "ACCOUNTS_OFF",
      "NAME_TAKEN",
      "BODY_TOO_LARGE",
    ]),
  );
  expect(hub.logged.filter(({ event }) => event === BREAKS)).toEqual([]);
});

test("the OpenAPI document is valid, and has every route with its level and no other", async () => {
  const world = await openAccessWorld();
  const document = await documentOf(world);
  // A validator that is not ours, with the schema of the OpenAPI Initiative.
  const result = await new Validator().validate(structuredClone(document));
  expect(result.errors ?? []).toEqual([]);
  expect(result.valid).toBe(true);
  const { paths, info } = document as unknown as {
    paths: Record<string, Record<string, { "x-required-level": string; operationId: string }>>;
    info: { version: string };
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );
  expect(operations.map(({ method, path, ...each }) => `${method} ${path} ${each["x-required-level"]}`)).toEqual(
    expect.arrayContaining(
      ROUTES.map(({ method, path, level }) => `${method} ${path.replace(":id", "{id}")} ${level}`),
    ),
  );
  expect(operations).toHaveLength(ROUTES.length);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(ROUTES.length);
  expect(info.version).toBe("0.0.0-test");
});

test("the OpenAPI document names the cookie of this hub, and needs a viewer", async () => {
  const world = await openAccessWorld();
  const { components } = (await documentOf(world)) as unknown as {
    components: { securitySchemes: { session: { name: string } } };
  };
  expect(components.securitySchemes.session.name).toBe(`aerie_${world.hub.httpPort}`);
  expect((await world.nobody.ask("/api/openapi.json")).status).toBe(401);
  expect((await (await world.token("viewer")).ask("/api/openapi.json")).status).toBe(200);
});
