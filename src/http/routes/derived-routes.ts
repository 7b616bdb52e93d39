/** `/api/derived`: metrics that the hub computes from others of the same device. */
import {
  backfillProgress,
  type Derived,
  type DerivedState,
  derivedFields,
  derivedListAnswer,
  derivedPresetsAnswer,
  derived as derivedSchema,
} from "../../contract/derived.ts";
import type { Backfill, BackfillProgress, LastBackfill } from "../../core/derived/backfill.ts";
import type { DefinitionFault, ReadDefinition } from "../../core/derived/definition-faults.ts";
import type { Derivation } from "../../core/derived/derivation.ts";
import type { DerivedBook, DerivedOutcome } from "../../core/derived/derived-book.ts";
import { presetsFor } from "../../core/derived/presets.ts";
import type { Registry } from "../../core/devices/registry.ts";
import type { Descriptions } from "../../core/dialects/descriptions.ts";
import { HttpError } from "../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../declaration/route.ts";

export interface DerivedParts {
  readonly derivedBook: DerivedBook;
  readonly derivation: Pick<Derivation, "countOf">;
  readonly backfill: Pick<Backfill, "begin" | "cancel" | "progressOf" | "lastOf">;
  readonly registry: Pick<Registry, "list">;
  readonly descriptions: Pick<Descriptions, "metricInfo">;
}

export const DERIVED_ROUTES: readonly Route<DerivedParts>[] = [
  route({
    method: "get",
    path: "/api/derived",
    level: "viewer",
    summary: "the derived metrics, in the order in which they were made, with what became of them since the start",
    answer: json(derivedListAnswer),
    handle: (parts: DerivedParts) => ({ derived: statesOf(parts) }),
  }),
  route({
    method: "get",
    path: "/api/derived/presets",
    level: "viewer",
    summary: "derived metrics that fit what devices send, ready to be added",
    answer: json(derivedPresetsAnswer),
    handle: ({ registry, descriptions, derivedBook }: DerivedParts) => ({
      presets: presetsFor({ devices: registry.list(), descriptions, book: derivedBook }),
    }),
  }),
  route({
    method: "post",
    path: "/api/derived",
    level: "owner",
    summary: "adds one; it is computed from the next reading on",
    body: derivedFields,
    answer: json(derivedSchema, 201),
    handle: async ({ derivedBook }: DerivedParts, { body }) => doneOf(await derivedBook.add(body)),
  }),
  route({
    method: "put",
    path: "/api/derived/:id",
    level: "owner",
    summary: "replaces it; what is stored stays as it was computed",
    body: derivedFields,
    answer: json(derivedSchema),
    handle: async ({ derivedBook }: DerivedParts, { params, body }) =>
      doneOf(await derivedBook.replace(params.id, body)),
  }),
  route({
    method: "delete",
    path: "/api/derived/:id",
    level: "owner",
    summary: "204; what it has computed stays",
    answer: EMPTY,
    handle: async ({ derivedBook }: DerivedParts, { params }) => void doneOf(await derivedBook.remove(params.id)),
  }),
  route({
    method: "post",
    path: "/api/derived/:id/backfill",
    level: "owner",
    summary: "recomputes it for stored readings, within raw age; `GET /api/derived` shows how far it is",
    answer: json(backfillProgress, 202),
    handle: async ({ backfill }: DerivedParts, { params }) => {
      const isBegun = await backfill.begin(params.id);
      const progress = isBegun ? backfill.progressOf(params.id) : undefined;
      if (progress === undefined) throw new HttpError("DERIVED_UNKNOWN");
      return toProgress(progress);
    },
  }),
  route({
    method: "delete",
    path: "/api/derived/:id/backfill",
    level: "owner",
    summary: "ends a backfill; what it has computed stays",
    answer: EMPTY,
    handle: async ({ backfill }: DerivedParts, { params }) => {
      if (!(await backfill.cancel(params.id))) throw new HttpError("DERIVED_UNKNOWN");
    },
  }),
];

/** One walk over the devices for all definitions. */
function statesOf({ derivedBook, derivation, backfill, registry }: DerivedParts): DerivedState[] {
  const definitions = derivedBook.list();
  const devices = new Map<string, number>();
  if (definitions.length > 0) {
    for (const { deviceId, metrics } of registry.list()) {
      const own = derivedBook.ofDevice(deviceId);
      const has = (name: string): boolean => metrics.has(name) || own.some(({ metric }) => metric === name);
      for (const { id, read } of own) if (read.metrics.every(has)) devices.set(id, (devices.get(id) ?? 0) + 1);
    }
  }
  return definitions.map((definition) => {
    const { last, ...count } = derivation.countOf(definition.id);
    const progress = backfill.progressOf(definition.id);
    const lastBackfill = backfill.lastOf(definition.id);
    return {
      ...fieldsOf(definition),
      devices: devices.get(definition.id) ?? 0,
      ...count,
      ...(last !== undefined && {
        last: { kind: last.kind, deviceId: last.deviceId, at: new Date(last.atMs).toISOString(), reason: last.reason },
      }),
      ...(progress !== undefined && { backfill: toProgress(progress) }),
      ...(lastBackfill !== undefined && { lastBackfill: toLast(lastBackfill) }),
    };
  });
}

const fieldsOf = ({ read: _read, ...fields }: ReadDefinition): Derived => fields;

function doneOf(outcome: DerivedOutcome): Derived {
  switch (outcome.kind) {
    case "done":
      return outcome.derived;
    case "refused":
      throw refusalOf(outcome.fault);
    case "full":
      throw new HttpError("TOO_MANY_DERIVED");
    case "unknown":
      throw new HttpError("DERIVED_UNKNOWN");
  }
}

function refusalOf({ kind, field, message }: DefinitionFault): HttpError {
  const code = kind === "taken" ? "DERIVED_TAKEN" : kind === "used" ? "DERIVED_USED" : "REQUEST_INVALID";
  return new HttpError(code, [{ field, message }]);
}

const toProgress = ({ startedAtMs, at, problem, ...counts }: BackfillProgress) => ({
  startedAt: new Date(startedAtMs).toISOString(),
  ...counts,
  ...(at !== undefined && { deviceId: at.deviceId, at: new Date(at.atMs).toISOString() }),
  ...(problem !== undefined && { problem }),
});

const toLast = ({ finishedAtMs, isOutdated, ...counts }: LastBackfill) => ({
  finishedAt: new Date(finishedAtMs).toISOString(),
  ...counts,
  ...(isOutdated && { outdated: true as const }),
});
