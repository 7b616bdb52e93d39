/** Every route of a real hub answers as it is declared, and as the hub's OpenAPI document says. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import type { BoardAnswer, PairingAnswer, TokenAnswer, UserAnswer, WithSecret } from "../../../src/contract/access.ts";
import type { Alert, Rule, RuleFields, Silence } from "../../../src/contract/alerts.ts";
import type {
  AlertLogAnswer,
  AlertsAnswer,
  ChannelAnswer,
  PushKeyAnswer,
} from "../../../src/contract/answers/alert-answers.ts";
import type { Derived } from "../../../src/contract/derived.ts";
import type { Level } from "../../../src/contract/levels.ts";
import type { Mapping, UnmappedAnswer } from "../../../src/contract/mappings.ts";
import { type Device, reading } from "../../../src/contract/readings.ts";
import type { OpenApiDocument, ReadingsPage } from "../../../src/contract/rest.ts";
import type { View } from "../../../src/contract/views/views.ts";
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
    "GET /api/settings",
  ]) {
    await ask(owner, name);
  }
  const body = { name: "Boiler", place: "Cellar", tags: ["heating"], retention: { rawDays: 7 } };
  await ask(owner, "PATCH /api/devices/:id", "/api/devices/cellar", { body });
  await ask(owner, "GET /api/devices/:id", "/api/devices/cellar");
  const pinned = { temperature: { pinned: true, hidden: false, order: 1, digits: 2, range: [0, 40] } };
  await ask(owner, "PATCH /api/devices/:id/metrics", "/api/devices/cellar/metrics", { body: pinned });
  const change = { devices: ["cellar", "nobody"], addTags: ["damp"] };
  await ask(owner, "POST /api/devices/changes", undefined, { body: change });
  await ask(owner, "POST /api/devices/deletions", undefined, { body: { devices: ["nobody"] } });
  await ask(owner, "POST /api/sparklines", undefined, { body: { devices: ["cellar", "nobody"], presence: true } });
  await ask(owner, "GET /api/devices", "/api/devices?limit=1&search=BOIL");
  await ask(owner, "GET /api/devices/:id/latest", "/api/devices/cellar/latest");
  const page = await ask<ReadingsPage>(owner, "GET /api/devices/:id/readings", "/api/devices/cellar/readings?limit=5");
  const next = `/api/devices/cellar/readings?cursor=${page.body.nextCursor}&order=desc`;
  await ask(owner, "GET /api/devices/:id/readings", next);
  for (const query of ["metrics=temperature,on,nothing", "metrics=temperature&points=2"]) {
    await ask(owner, "GET /api/devices/:id/series", `/api/devices/cellar/series?${query}`);
  }
  await ask(owner, "GET /api/devices/:id/presence", "/api/devices/cellar/presence?limit=1");
  for (const query of ["", "?format=csv", "?gzip=true"]) await ask(owner, "GET /api/export", `/api/export${query}`);
  await ask(owner, "GET /api/export/presence", "/api/export/presence?devices=cellar");
  const { text } = await owner.ask("/api/export");
  const lines = text.trim().split("\n");
  expect(lines.length).toBeGreaterThan(60);
  for (const line of lines) expect(reading.safeParse(JSON.parse(line)).error).toBeUndefined();
  await ask(owner, "DELETE /api/devices/:id/readings", "/api/devices/cellar/readings?metrics=on");
}

async function askAboutReplacement({ hub, owner, board }: AccessWorld, { ask }: DeclaredAnswers): Promise<void> {
  const { secret } = await board("spare");
  const client = await connectJs(hub.mqttUrl, { username: "spare", password: secret });
  await client.publish("devices/spare/telemetry", '{"temperature":1}', { qos: 1 });
  const path = "/api/devices/cellar/replacement";
  await ask(owner, "GET /api/devices/:id/replacement/candidates", `${path}/candidates`);
  await ask(owner, "POST /api/devices/:id/replacement", path, { body: { by: "spare" } });
  await ask(owner, "POST /api/devices/:id/replacement", path, { body: { by: "nobody" } });
  await ask(owner, "GET /api/devices/:id/replacement", path);
  for (let twice = 0; twice < 2; twice++) await ask(owner, "DELETE /api/devices/:id/replacement", path);
}

/** Accounts, tokens and credentials: made, listed, changed and removed. */
async function askAboutAccess({ hub, owner, nobody }: AccessWorld, { ask }: DeclaredAnswers): Promise<void> {
  const user = { name: "Vera", password: PASSWORD, role: "viewer" };
  const { id } = (await ask<UserAnswer>(owner, "POST /api/users", undefined, { body: user })).body;
  await ask(nobody, "POST /api/session", undefined, { body: { name: "Vera", password: PASSWORD } });
  const ofTablet = { name: "tablet", scope: "viewer" };
  const { secret: token } = (
    await ask<WithSecret<TokenAnswer>>(owner, "POST /api/tokens", undefined, { body: ofTablet })
  ).body;
  await ask(nobody, "POST /api/session/tablet", undefined, { body: { token } });
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

/** Topics that nobody reads become devices. */
async function askAboutMappings({ hub, owner, ...world }: AccessWorld, { ask }: DeclaredAnswers): Promise<void> {
  const { secret } = await world.application({ name: "gateway", publish: ["sensors/#"] });
  const gateway = await connectJs(hub.mqttUrl, { username: "gateway", password: secret });
  const sample = `{"meta":{"time":${Math.floor(Date.now() / 1_000)}},"level":5}`;
  await gateway.publish("sensors/a/data", sample, { qos: 1 });
  const viewer = await world.token("viewer");
  const seen = await ask<UnmappedAnswer>(viewer, "GET /api/unmapped");
  expect(seen.body.topics.map(({ topic, sample }) => [topic, sample])).toEqual([["sensors/a/data", undefined]]);
  const [known] = (await ask<UnmappedAnswer>(owner, "GET /api/unmapped")).body.topics;
  expect(known?.sample).toBe(sample);
  const body = {
    ...known?.proposal,
    rename: { level: "height" },
    scale: { height: { factor: 2, offset: 0 } },
    units: { height: "cm" },
  };
  await ask(owner, "POST /api/mappings/try", undefined, { body });
  const { id } = (await ask<Mapping>(owner, "POST /api/mappings", undefined, { body })).body;
  await ask(owner, "POST /api/mappings", undefined, { body });
  await ask(owner, "GET /api/mappings");
  await ask(owner, "PUT /api/mappings/:id", `/api/mappings/${id}`, { body: { ...body, only: ["height"] } });
  await ask(owner, "POST /api/mappings/try", undefined, { body: { ...body, replaces: id } });
  await ask(owner, "PUT /api/mappings/:id", "/api/mappings/none", { body });
  await ask(owner, "DELETE /api/mappings/:id", `/api/mappings/${id}`);
}

async function askAboutViews({ owner }: AccessWorld, { ask }: DeclaredAnswers): Promise<void> {
  const lines = [
    { device: "cellar", metric: "temperature" },
    { device: "gone", metric: "_dewPoint" },
  ];
  const body = { name: "Air", parts: [{ kind: "chart", lines }] };
  const { id } = (await ask<View>(owner, "POST /api/views", undefined, { body })).body;
  await ask(owner, "GET /api/views");
  const value = { kind: "value", lines: lines.slice(0, 1) };
  await ask(owner, "PUT /api/views/:id", `/api/views/${id}`, { body: { ...body, parts: [...body.parts, value] } });
  await ask(owner, "POST /api/views", undefined, { body: { name: "Two", parts: [{ ...value, lines }] } });
  const shown = await ask<View>(owner, "GET /api/views/:id", `/api/views/${id}`);
  expect(shown.body).toEqual({ id, name: "Air", parts: [...body.parts, value] });
  await ask(owner, "DELETE /api/views/:id", `/api/views/${id}`);
  await ask(owner, "GET /api/views/:id", `/api/views/${id}`);
}

/** A rule whose alert fires at once, is acknowledged, silenced and ends. */
async function askAboutAlerts({ hub, owner, ...world }: AccessWorld, { ask }: DeclaredAnswers): Promise<void> {
  const { secret } = await world.board("kitchen");
  const board = await connectJs(hub.mqttUrl, { username: "kitchen", password: secret });
  const body: RuleFields = {
    name: "Gas",
    enabled: true,
    severity: "critical",
    scope: { devices: ["kitchen"] },
    condition: { kind: "above", metric: "gasPpm", threshold: 300, clear: 250 },
    forS: 0,
    keepFiringS: 0,
    channels: "all",
  };
  const { id } = (await ask<Rule>(owner, "POST /api/rules", undefined, { body })).body;
  const clear = { ...body.condition, clear: 400 };
  await ask(owner, "POST /api/rules", undefined, { body: { ...body, condition: clear } });
  await ask(owner, "GET /api/rules");
  const range = { from: "2020-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z" };
  await ask(owner, "POST /api/rules/try", undefined, { body: { rule: body, ...range } });
  await board.publish("devices/kitchen/telemetry", '{"gasPpm":312}', { qos: 1 });
  const alert = await until("it fires", async () => {
    const { alerts } = (await ask<AlertsAnswer>(owner, "GET /api/alerts", "/api/alerts?severity=critical")).body;
    return alerts.find(({ state }) => state === "firing");
  });
  expect((await ask<Device>(owner, "GET /api/devices/:id", "/api/devices/kitchen")).body.alert).toBe("critical");
  await ask(owner, "GET /api/devices", "/api/devices?search=kitchen");
  const note = { body: { note: "I am on my way" } };
  const path = `/api/alerts/${alert.id}/acknowledge`;
  const acknowledged = await ask<Alert>(owner, "POST /api/alerts/:id/acknowledge", path, note);
  expect(acknowledged.body.acknowledged).toMatchObject({ by: "Owner", note: "I am on my way" });
  const silenced = { body: { ruleId: id, until: new Date(Date.now() + HOUR_MS).toISOString() } };
  const silence = await ask<Silence>(owner, "POST /api/silences", undefined, silenced);
  await ask(owner, "POST /api/silences", undefined, { body: { until: new Date(0).toISOString() } });
  await ask(owner, "GET /api/silences");
  await ask(owner, "DELETE /api/silences/:id", `/api/silences/${silence.body.id}`);
  const change = { body: { ...body, enabled: false } };
  await ask(owner, "PUT /api/rules/:id", `/api/rules/${id}`, change);
  await ask(owner, "DELETE /api/rules/:id", `/api/rules/${id}`);
  const first = await ask<AlertLogAnswer>(owner, "GET /api/alerts/log", "/api/alerts/log?device=kitchen&limit=1");
  const rest = `/api/alerts/log?device=kitchen&cursor=${first.body.nextCursor}`;
  const more = await ask<AlertLogAnswer>(owner, "GET /api/alerts/log", rest);
  const kinds = [...first.body.events, ...more.body.events].map(({ kind }) => kind);
  expect([kinds.at(0), kinds.at(-1), more.body.nextCursor]).toEqual(["ended", "firing", null]);
  for (const format of ["csv", "ndjson"]) {
    await ask(owner, "GET /api/export/alerts", `/api/export/alerts?format=${format}`);
  }
  const lines = (await owner.ask("/api/export/alerts?rule=none")).text;
  expect(lines).toBe("");
}

/** A channel of MQTT, which a test message reaches. */
async function askAboutChannels({ owner, ...world }: AccessWorld, { ask }: DeclaredAnswers): Promise<void> {
  const body = { name: "Panel", enabled: true, atLeast: "info", settings: { kind: "mqtt", topic: "panel/alerts" } };
  const { id } = (await ask<ChannelAnswer>(owner, "POST /api/channels", undefined, { body })).body;
  await ask(owner, "POST /api/channels", undefined, {
    body: { ...body, settings: { kind: "mqtt", topic: "aerie/x" } },
  });
  await ask(owner, "GET /api/channels");
  await ask(await world.token("viewer"), "GET /api/channels");
  await ask(owner, "PUT /api/channels/:id", `/api/channels/${id}`, { body: { ...body, atLeast: "critical" } });
  const tested = await ask<object>(owner, "POST /api/channels/:id/test", `/api/channels/${id}/test`);
  expect(tested.body).toEqual({ outcome: "sent" });
  await ask(owner, "DELETE /api/channels/:id", `/api/channels/${id}`);
}

/** A browser of Chrome subscribes, and gives it up; one of a push service that nobody knows is refused. */
async function askAboutPush({ owner }: AccessWorld, { ask }: DeclaredAnswers): Promise<void> {
  expect((await ask<PushKeyAnswer>(owner, "GET /api/push")).body.publicKey).toHaveLength(87);
  const keys = { p256dh: "B".repeat(87), auth: "a".repeat(22) };
  const endpoint = "https://fcm.googleapis.com/fcm/send/x";
  await ask(owner, "POST /api/push/subscriptions", undefined, { body: { endpoint, keys, expirationTime: null } });
  const elsewhere = { endpoint: "https://push.example.com/x", keys };
  const refused = await ask(owner, "POST /api/push/subscriptions", undefined, { body: elsewhere });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("AERIE_PUSH_HOSTS")]);
  const query = new URLSearchParams({ endpoint });
  await ask(owner, "DELETE /api/push/subscriptions", `/api/push/subscriptions?${query}`);
}

async function askAboutDerived({ owner }: AccessWorld, { ask }: DeclaredAnswers): Promise<void> {
  const body = { scope: { all: true }, metric: "_twice", expression: "temperature * 2" };
  const { id } = (await ask<Derived>(owner, "POST /api/derived", undefined, { body })).body;
  await ask(owner, "POST /api/derived", undefined, { body });
  await ask(owner, "GET /api/derived");
  await ask(owner, "PUT /api/derived/:id", `/api/derived/${id}`, { body: { ...body, unit: "°C" } });
  await ask(owner, "POST /api/derived/:id/backfill", `/api/derived/${id}/backfill`, { body: {} });
  await ask(owner, "DELETE /api/derived/:id/backfill", `/api/derived/${id}/backfill`);
  await ask(owner, "DELETE /api/derived/:id", `/api/derived/${id}`);
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
  await connectJs(hub.mqttUrl, { username: "cellar", password: board.body.secret, clientId: "to-disconnect" });
  const retaining = await connectJs(hub.mqttUrl, { username: "cellar", password: board.body.secret });
  for (const key of ["status", "attributes"]) {
    await retaining.publish(`devices/cellar/${key}`, key === "status" ? "online" : "{}", { qos: 1, retain: true });
  }
  await ask(owner, "GET /api/retained", "/api/retained?search=CELLAR&limit=1");
  await ask(owner, "POST /api/retained/removals", undefined, {
    body: { topics: ["devices/cellar/status", "nothing"] },
  });
  await ask(owner, "DELETE /api/retained/:topic", "/api/retained/devices%2Fcellar%2Fattributes");
  await ask(owner, "GET /api/clients", "/api/clients?search=to-disconnect&limit=5");
  await ask(owner, "DELETE /api/clients/:id", "/api/clients/cellar%2Fto-disconnect");
  await ask(owner, "GET /api/boards");
  await ask(owner, "GET /api/board-check", "/api/board-check?device=cellar&since=2026-01-01T00:00:00Z");
  await askAboutDevices(world, answers);
  await askAboutReplacement(world, answers);
  await askAboutAccess(world, answers);
  await askAboutPairing(world, answers);
  for (const method of ["POST", "GET", "DELETE"]) await ask(owner, `${method} /api/simulation`);
  await askAboutViews(world, answers);
  await askAboutMappings(world, answers);
  await askAboutAlerts(world, answers);
  await askAboutChannels(world, answers);
  await askAboutPush(world, answers);
  await askAboutDerived(world, answers);
  await askInVain(world, answers);
  await ask(owner, "POST /api/boards", undefined, {
    body: { family: "tasmota", name: "plug", options: { groups: [] } },
  });
  const family = { family: "shelly", options: { prefix: "home/plug" } };
  await ask(owner, "PATCH /api/boards/:id", "/api/boards/tasmota:plug", { body: family });
  await ask(owner, "POST /api/boards", undefined, { body: { ...family, name: "other" } }); // its topics are taken
  const preset = { name: "press", preset: "sparkplug-edge-node" };
  const parameters = { group: "Plant", edge: "Press" };
  await ask(owner, "POST /api/applications", undefined, { body: { ...preset, parameters } });
  await ask(owner, "POST /api/applications", undefined, { body: preset }); // its parameters are missing
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
      "MAPPING_UNKNOWN",
      "TOPIC_TAKEN",
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
      ROUTES.map(({ method, path, level }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")} ${level}`),
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
