/** Whatever is announced and sent: no exception, in bounded time, nothing that a store would not take, and the same after a restart. */
import { expect, test } from "vitest";
import type { Part } from "../../../../src/core/dialects/parsed-message.ts";
import { evaluateTemplate } from "../../../../src/core/expression/evaluate-template.ts";
import { parseTemplate } from "../../../../src/core/expression/parse-template.ts";
import { isMetricName, parseDeviceId } from "../../../../src/core/model/device-id.ts";
import { createRandom, type Random, seedFrom } from "../../../support/random.ts";
import type { FamilySession, Heard } from "../family-session.ts";
import { createHub } from "./announce.ts";
import { oddDocument, oddPayload, oddTemplate } from "./odd-documents.ts";

/** `npm run soak` sets 10,000, of chance; those of the short form are always the same. */
const DOCUMENTS = Number(process.env["AERIE_TEST_DOCUMENTS"] ?? 200);
const SEED = process.env["AERIE_TEST_DOCUMENTS"] === undefined ? 7 : seedFrom("AERIE_TEST_SEED");
/** Documents that one hub hears. */
const ROUND = 20;
const PROBES = ["s", "a/b", "x/b", "up", "a"];
/** Of one message, on a machine that does other things too. */
const MOST_MS = 1_000;

const titled = (what: string): string => `${DOCUMENTS} ${what}, seed ${SEED}`;

function expectStorable(part: Part): void {
  if (part.kind === "publish") throw new Error("nothing asks for a message");
  if (part.deviceId !== undefined) expect(parseDeviceId(part.deviceId).ok, part.deviceId).toBe(true);
  if (part.kind === "telemetry") {
    for (const { metrics } of part.readings) {
      expect(metrics.size).toBeLessThanOrEqual(64);
      for (const [name, value] of metrics) {
        expect(isMetricName(name), name).toBe(true);
        if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
        if (typeof value === "string") expect(new TextEncoder().encode(value).length).toBeLessThanOrEqual(256);
        expect(["number", "string", "boolean"]).toContain(typeof value);
      }
    }
    for (const { metric } of part.faults) expect(isMetricName(metric ?? "x"), metric).toBe(true);
  }
  if (part.kind === "attributes") {
    for (const name of part.patch.keys()) expect(isMetricName(name), name).toBe(true);
    expect(JSON.stringify([...part.patch]).length).toBeLessThan(16 * 1_024);
  }
}

function sent(hub: FamilySession, topic: string, payload: string): void {
  const startedAtMs = performance.now();
  const parsed = hub.parse(topic, payload);
  expect(performance.now() - startedAtMs, `${topic} ${payload.slice(0, 200)}`).toBeLessThan(MOST_MS);
  if (parsed.kind === "parts") for (const part of parsed.parts) expectStorable(part);
  hub.send(topic, payload);
}

function playRound(random: Random): void {
  const hub = createHub();
  for (let document = 0; document < ROUND; document++) {
    const { topic, payload } = oddDocument(random);
    sent(hub, topic, payload);
    for (let message = random.whole(4); message > 0; message--) sent(hub, random.pick(PROBES), oddPayload(random));
  }
  for (const { deviceId } of hub.stored()) expect(typeof (hub.nameOf(deviceId) ?? "")).toBe("string");
  expectSameAfterRestart(hub, random);
  for (const { key } of hub.stored()) hub.send(`homeassistant/${key}`, "");
  expect(hub.stored()).toEqual([]);
  for (const topic of PROBES) expect(hub.send(topic, "1"), topic).toEqual({ elsewhere: true });
}

const linesOf = ({ readings = [] }: Heard): string[] =>
  readings
    .flatMap(({ deviceId, metrics }) => Object.entries(metrics).map(([name, value]) => `${deviceId} ${name} ${value}`))
    .sort();

function expectSameAfterRestart(hub: FamilySession, random: Random): void {
  const again = hub.restarted();
  for (const topic of PROBES) {
    const payload = oddPayload(random);
    const [before, after] = [hub.send(topic, payload), again.send(topic, payload)];
    expect(linesOf(after), `${topic} ${payload}`).toEqual(linesOf(before));
  }
}

test(titled("odd documents, and messages of their topics"), { timeout: 30_000 + DOCUMENTS * 20 }, () => {
  const random = createRandom(SEED);
  for (let round = 0; round < DOCUMENTS / ROUND; round++) playRound(random);
});

test(titled("odd templates"), { timeout: 30_000 + DOCUMENTS * 5 }, () => {
  const random = createRandom(SEED);
  let understood = 0;
  for (let index = 0; index < DOCUMENTS; index++) {
    const text = oddTemplate(random);
    const parsed = parseTemplate(text, { isName: (name) => name === "value" || name === "value_json" });
    if (!parsed.ok) {
      expect(parsed.at, text).toBeLessThanOrEqual(text.length);
      expect(parsed.reason).not.toBe("");
      continue;
    }
    understood += 1;
    const json: unknown = random.chance(0.3) ? undefined : { a: random.pick([1, "2", [3], null]), b: { c: true } };
    const budget = { left: 500 };
    const found = evaluateTemplate(parsed.value, { lookUp: (name) => (name === "value" ? "3" : json), budget });
    expect(["value", "absent", "failed"], text).toContain(found.kind);
    if (found.kind === "value") expect(found.value, text).not.toBeUndefined();
  }
  expect(understood).toBeGreaterThan(DOCUMENTS / 4);
});
