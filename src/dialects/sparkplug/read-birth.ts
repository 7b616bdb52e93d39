/** Reads NBIRTH and DBIRTH: what there is, and its present values. */
import type { Part } from "../../core/dialects/parsed-message.ts";
import type { Fault } from "../../core/model/result.ts";
import { type BirthIndex, indexOf, isBdSeq, listMetrics, useOf } from "./birth.ts";
import type { Births, NewestValue } from "./births.ts";
import type { EdgeNode } from "./edge-nodes.ts";
import { createFoundValues, type FoundValues } from "./found-values.ts";
import type { SparkplugPayload } from "./payload-fields.ts";
import type { SparkplugAddress } from "./sparkplug-topic.ts";
import { storedBirth } from "./stored-birth.ts";

export const BIRTH_KEY = "birth";
export const BD_SEQ_KEY = "bdSeq";
const MAX_FAULTS = 20;

/** A message of an edge node, read. */
export interface NodeMessage {
  readonly address: SparkplugAddress;
  readonly payload: SparkplugPayload;
  readonly node: EdgeNode;
  readonly births: Births;
  /** It is sent again. */
  readonly isAgain: boolean;
}

export function readBirth(message: NodeMessage): Part[] {
  const { address, payload, births } = message;
  const { deviceId, nodeId, name } = address;
  const former = births.open(deviceId);
  const listed = listMetrics(payload.metrics, payload.leftOut, former);
  const { data, birth, leftOut } = storedBirth({
    label: name,
    nodeId,
    metrics: listed.metrics,
    leftOut: listed.leftOut,
  });
  const parts: Part[] = [];
  if (address.type === "NBIRTH") parts.push(...nodeBorn(message));
  const index = indexOf(birth.metrics);
  const newest = former?.newest ?? new Map<string, NewestValue>();
  // Of metrics that it does not have any more.
  for (const each of newest.keys()) if (!index.byName.has(each)) newest.delete(each);
  births.expect({ data, birth, newest });
  parts.push({ kind: "learned", family: "sparkplug", deviceId, key: BIRTH_KEY, data });
  const known = births.get(deviceId);
  if (known !== undefined) {
    // Another one is taken up when it is learned.
    known.isValid = known.data === data;
    known.isOnline = true;
  }
  parts.push({ kind: "status", deviceId, online: true });
  const found = createFoundValues();
  for (const fault of [...listed.faults, ...withoutSpace(leftOut)]) found.refuse(fault);
  addValues(message, index, newest, found);
  return [...parts, ...found.parts(deviceId)];
}

/** Its devices will say their own BIRTH: what they said before need not hold any more. [Sparkplug 3.0, 5.3] */
function nodeBorn({ address, payload, node, births }: NodeMessage): Part[] {
  const { nodeId } = address;
  for (const each of births.of(nodeId)) each.isValid = false;
  node.bdSeq = bdSeqOf(payload);
  node.seq = payload.seq;
  node.isBorn = true;
  const data = node.bdSeq === undefined ? undefined : JSON.stringify(node.bdSeq);
  return [{ kind: "learned", family: "sparkplug", deviceId: nodeId, key: BD_SEQ_KEY, data }];
}

/** Undefined: the message has none. */
export function bdSeqOf({ metrics }: SparkplugPayload): number | undefined {
  const value = metrics.find(isBdSeq)?.value;
  return value?.kind === "int" || value?.kind === "long" ? Number(value.value) : undefined;
}

function withoutSpace(names: readonly string[]): Fault[] {
  const faults: Fault[] = names
    .slice(0, MAX_FAULTS)
    .map((name) => ({ code: "DESCRIPTION_TOO_LARGE", metric: name.slice(0, 80) }));
  const more = names.length - faults.length;
  return more === 0 ? faults : [...faults, { code: "DESCRIPTION_TOO_LARGE", detail: `and ${more} more metrics` }];
}

/** A BIRTH repeats the present values: only what is newer than the last one is a reading. */
function addValues(
  { payload, isAgain }: NodeMessage,
  { byOriginal }: BirthIndex,
  newest: Map<string, NewestValue>,
  found: FoundValues,
): void {
  for (const metric of payload.metrics) {
    const born = byOriginal.get(metric.name ?? "");
    const value = born && found.read(metric, born.name, born.datatype);
    if (born === undefined || value === undefined) continue;
    const atMs = metric.timestampMs ?? payload.timestampMs;
    const last = newest.get(born.name);
    // What is sent again may not have been stored the first time.
    if (last !== undefined && !isAgain && !isNewer({ atMs, value }, last)) continue;
    newest.set(born.name, { atMs, value });
    found.add(useOf(born.original, born.datatype), born.name, value, atMs);
  }
}

function isNewer(value: NewestValue, last: NewestValue): boolean {
  if (value.atMs === undefined || last.atMs === undefined) return value.value !== last.value;
  return value.atMs > last.atMs;
}
