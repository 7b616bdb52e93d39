/** A reading with its id as a document of the collection, and what identity is decided by of one that is stored. */
import { createHash } from "node:crypto";
import { createContentHash, hasHash, readingId, type Stored } from "../../../core/model/identity.ts";
import type { ReadingWrite } from "../../../core/ports/writes.ts";
import type { ReadingDocument } from "./documents.ts";
import { bodyOf, toStoredMetrics } from "./values.ts";

export interface ReadingWithId {
  readonly write: ReadingWrite;
  /** Its order among those of its instant. */
  readonly n: number;
  /** `generation`: which device of its id it belongs to. */
  readonly cursor: { readonly generation: number };
}

/** A stored reading, and its instant. */
export interface FoundReading extends Stored {
  readonly atMs: number;
}

/** Text for a body that may be bytes. */
export const textOf = (write: ReadingWrite): string => bodyOf(toStoredMetrics(write.metrics));

export const contentHash = createContentHash((text) => createHash("sha256").update(text).digest());

export const hashOf = ({ write, n }: Pick<ReadingWithId, "write" | "n">): number | undefined =>
  hasHash(write.timed, n) ? contentHash(textOf(write)) : undefined;

/** As it is in the collection. */
export function documentOf(reading: ReadingWithId): ReadingDocument {
  const { write, n, cursor } = reading;
  const { deviceId, atMs, receivedAtMs, timed, packet } = write;
  const hash = hashOf(reading);
  return {
    _id: readingId(deviceId, atMs, n),
    device: deviceId,
    at: new Date(atMs),
    n,
    ...(receivedAtMs !== atMs && { receivedAt: new Date(receivedAtMs) }),
    metrics: toStoredMetrics(write.metrics),
    ...(hash !== undefined && { hash }),
    ...(!timed &&
      packet !== undefined && { packet: { client: packet.clientId, id: packet.id, element: write.element } }),
    ...(cursor.generation > 0 && { life: cursor.generation }),
  };
}

export function foundOf({ at, n, receivedAt, metrics, packet }: ReadingDocument): FoundReading {
  return {
    atMs: at.getTime(),
    n,
    receivedAtMs: (receivedAt ?? at).getTime(),
    body: bodyOf(metrics),
    element: packet?.element ?? 0,
    clientId: packet?.client ?? null,
  };
}
