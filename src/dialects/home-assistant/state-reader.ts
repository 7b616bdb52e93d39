/** Reads what devices with discovery publish: states become readings, availability becomes their status. */
import type { AttributeValue, MetricValue } from "../../contract/readings.ts";
import type { DialectMessage, Publisher } from "../../core/dialects/dialect.ts";
import type { ParsedMessage, Part } from "../../core/dialects/parsed-message.ts";
import { stepsFor } from "../../core/expression/run.ts";
import { setNewest } from "../../core/model/bounded-map.ts";
import type { Fault, Result } from "../../core/model/result.ts";
import { readingsOf } from "../payload/flat-metrics.ts";
import { decode, parseJson, withoutEnd } from "../payload/payload-text.ts";
import { isOnline, verdictOf } from "./availability.ts";
import type { TopicUse } from "./device-memory.ts";
import type { Said } from "./entity.ts";
import { attributesOf, type KnownDevice, type KnownDocument } from "./known-device.ts";
import { type EntityDecision, writeLearned } from "./learned-document.ts";
import { suffixed } from "./metric-names.ts";
import { MAX_USES, type TopicEntry } from "./topic-index.ts";
import { resultOf, type TemplateInput } from "./value-template.ts";

/** Of all evaluations that one message causes. */
const MAX_STEPS = 20_000;
/** Of one message. */
const MAX_FAULTS = 20;

const NOTHING: ParsedMessage = { kind: "parts", parts: [] };

/** What a message says of one device. */
interface Heard {
  readonly metrics: Map<string, MetricValue>;
  readonly attributes: Map<string, AttributeValue>;
  readonly faults: Fault[];
  /** By document: what entities turned out to send. */
  readonly observed: Map<KnownDocument, Map<string, EntityDecision>>;
  /** Of its availability. */
  isOnline: boolean | undefined;
}

export function readStates(
  entries: readonly TopicEntry<TopicUse>[],
  { payload, receivedAtMs, publisher }: DialectMessage,
): ParsedMessage {
  const bytes = withoutEnd(payload);
  const [first] = entries[0]?.uses ?? [];
  if (bytes.length === 0 || first === undefined) return NOTHING;
  const decoded = decode(bytes);
  if (decoded.isDamaged) {
    return {
      kind: "parts",
      parts: [{ kind: "refused", deviceId: first.device.id, fault: { code: "PAYLOAD_NOT_UTF8" } }],
    };
  }
  let json: Result<unknown> | undefined;
  const input: TemplateInput = {
    text: decoded.text.trim(),
    json: () => {
      json ??= parseJson(decoded);
      return json.ok ? json.value : undefined;
    },
    budget: { left: MAX_STEPS },
  };
  const parts: Part[] = [];
  let isKnownWord = false;
  for (const [device, heard] of hear(entries, input, publisher)) {
    isKnownWord ||= heard.isOnline !== undefined;
    addParts(parts, device, heard, receivedAtMs);
  }
  if (json?.ok === false && !isKnownWord) parts.push({ kind: "refused", deviceId: first.device.id, fault: json.fault });
  return { kind: "parts", parts };
}

function hear(
  entries: readonly TopicEntry<TopicUse>[],
  input: TemplateInput,
  publisher: Publisher,
): Map<KnownDevice, Heard> {
  const devices = new Map<KnownDevice, Heard>();
  let uses = 0;
  for (const entry of entries) {
    for (const use of entry.uses) {
      uses += 1;
      if (uses > MAX_USES) return devices;
      if (use.kind === "state" && use.source.isOwnOnly && use.document.learned.by !== publisher.id) continue;
      const heard = devices.get(use.device) ?? newHeard();
      devices.set(use.device, heard);
      if (use.kind === "state") hearState(use, input, heard);
      else hearAvailability(use, input, heard);
    }
  }
  return devices;
}

const newHeard = (): Heard => ({
  metrics: new Map(),
  attributes: new Map(),
  faults: [],
  observed: new Map(),
  isOnline: undefined,
});

function hearState(
  { document, entity, source }: Extract<TopicUse, { kind: "state" }>,
  input: TemplateInput,
  heard: Heard,
): void {
  const { name } = entity.decision;
  const result = source.template && resultOf(source.template, input);
  if (result?.kind === "absent") return;
  if (result?.kind === "failed") {
    const fault: Fault = { code: "METRIC_VALUE_INVALID", detail: `its template: ${result.reason}`, metric: name };
    return note(heard, fault);
  }
  const value = result === undefined ? input.text : result.value;
  if (!mayLookAt(value, input)) return note(heard, { ...TOO_MUCH, metric: name });
  for (const said of source.read(value, input)) {
    if ("attribute" in said) heard.attributes.set(suffixed(name, said.attribute), said.value);
    else if ("observed" in said) observe(document, entity, said, heard);
    if (!("attribute" in said)) take(suffixed(name, "suffix" in said ? said.suffix : ""), said.value, heard);
  }
}

/** Of a short text this costs nothing. */
function mayLookAt(value: unknown, { budget }: TemplateInput): boolean {
  if (typeof value === "string") budget.left -= Math.max(0, stepsFor(value) - MIN_STEPS);
  return budget.left >= 0;
}

const MIN_STEPS = stepsFor("x");
const TOO_MUCH: Fault = { code: "METRIC_VALUE_INVALID", detail: "the message is too large for so many entities" };

function take(metric: string, value: Result<MetricValue | undefined>, heard: Heard): void {
  if (!value.ok) note(heard, { ...value.fault, metric });
  else if (value.value !== undefined) heard.metrics.set(metric, value.value);
}

function note({ faults }: Heard, fault: Fault): void {
  if (faults.length < MAX_FAULTS) faults.push(fault);
}

function observe(
  document: KnownDocument,
  { id, decision }: Extract<TopicUse, { kind: "state" }>["entity"],
  { observed }: Extract<Said, { observed: unknown }>,
  heard: Heard,
): void {
  if (decision.observed === observed) return;
  const decisions = heard.observed.get(document) ?? new Map<string, EntityDecision>();
  heard.observed.set(document, decisions.set(id, { ...decision, observed }));
}

function hearAvailability(
  { heard: known, index }: Extract<TopicUse, { kind: "availability" }>,
  input: TemplateInput,
  heard: Heard,
): void {
  const topic = known.availability.topics[index];
  const said = topic && mayLookAt(input.text, input) ? isOnline(topic, input) : undefined;
  if (said === undefined) return;
  known.said.set(index, said);
  known.latest = said;
  heard.isOnline = heard.isOnline === true || said;
}

function addParts(parts: Part[], device: KnownDevice, heard: Heard, nowMs: number): void {
  const { metrics, faults } = heard;
  for (const [document, decisions] of heard.observed) parts.push(learnedPart(document, decisions));
  if (metrics.size > 0 || faults.length > 0) {
    parts.push({ kind: "telemetry", deviceId: device.id, readings: readingsOf(metrics), faults });
  }
  const online = heard.isOnline === undefined ? undefined : statusOf(device, heard.isOnline, metrics.size > 0);
  // Another family's device may be announced here, too: it is one of this family only once a topic of its was heard.
  if (metrics.size > 0 || heard.attributes.size > 0 || online === true) {
    parts.push(...attributesPart(device, heard.attributes, nowMs));
  }
  if (online !== undefined) parts.push({ kind: "status", deviceId: device.id, online });
}

function learnedPart({ deviceId, key, learned }: KnownDocument, decisions: ReadonlyMap<string, EntityDecision>): Part {
  const data = writeLearned({ ...learned, entities: new Map([...learned.entities, ...decisions]) });
  return { kind: "learned", family: "ha", deviceId, key, data };
}

/**
 * A device is there if any of its entities is. Undefined: the message says nothing new of the device as a whole. `isHeard`: by its
 * readings, which say that it is there, too.
 */
function statusOf(device: KnownDevice, said: boolean, isHeard: boolean): boolean | undefined {
  const verdicts = [...device.availabilities.values()].map((each) => verdictOf(each.availability, each));
  const online = verdicts.includes(true) ? true : verdicts.includes(false) ? false : undefined;
  const isChange = online !== device.wasOnline;
  device.wasOnline = online;
  return isChange || (online === said && !(isHeard && said)) ? online : undefined;
}

/** What it is, and the versions that its entities sent; empty: nothing of it is new. */
function attributesPart(device: KnownDevice, sent: ReadonlyMap<string, AttributeValue>, nowMs: number): Part[] {
  const about = attributesOf(device);
  const { shown } = device;
  const json = about === shown?.about ? shown.json : JSON.stringify([...about]);
  const isAgain = shown === undefined || json !== shown.json || Math.abs(nowMs - shown.atMs) >= AGAIN_MS;
  device.shown = { about, json, atMs: isAgain ? nowMs : shown.atMs };
  if (isAgain) device.versions.clear();
  const patch = new Map(isAgain ? about : []);
  for (const [name, value] of sent) {
    if (device.versions.get(name) === value) continue;
    patch.set(name, value);
    setNewest(device.versions, name, value, MAX_VERSIONS);
  }
  return patch.size === 0 ? [] : [{ kind: "attributes", deviceId: device.id, patch, faults: NONE }];
}

/** After it they are sent again, in case the device was deleted in the meantime, or the store refused them. */
const AGAIN_MS = 60 * 60_000;
const MAX_VERSIONS = 64;
const NONE: readonly Fault[] = [];
