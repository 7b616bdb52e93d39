/** `/api/mappings`, `/api/unmapped`: topics that no dialect reads become devices and metrics, as their owner says. */
import {
  type Mapping,
  mappingAnswer,
  mappingFields,
  mappingsAnswer,
  tryAnswer,
  tryRequest,
  type UnmappedAnswer,
  unmappedAnswer,
} from "../../contract/mappings.ts";
import { reaches } from "../../core/access/required-level.ts";
import type { MappingBook, MappingOutcome } from "../../core/mappings/mapping-book.ts";
import type { MappingFault } from "../../core/mappings/mapping-faults.ts";
import type { Trial } from "../../core/mappings/trial.ts";
import type { Unmapped } from "../../core/mappings/unmapped.ts";
import { HttpError } from "../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../declaration/route.ts";
import { callerIn } from "../requests/access-guard.ts";

export interface MappingsParts {
  readonly mappings: MappingBook;
  readonly unmapped: Unmapped;
  readonly tryMapping: Trial;
}

/** Of all samples of one answer: they take a few milliseconds of the thread that answers boards. */
const MAX_SAMPLE_CHARS = 256 * 1024;

export const MAPPINGS_ROUTES: readonly Route<MappingsParts>[] = [
  route({
    method: "get",
    path: "/api/unmapped",
    level: "viewer",
    summary: "topics with numbers that nobody reads, each with a proposed mapping; `sample` for operators only",
    answer: json(unmappedAnswer),
    handle: ({ unmapped }: MappingsParts, { response }) =>
      unmappedTopics(unmapped, reaches(callerIn(response).level, "operator")),
  }),
  route({
    method: "get",
    path: "/api/mappings",
    level: "viewer",
    summary: "the mappings, in the order in which they were made",
    answer: json(mappingsAnswer),
    handle: ({ mappings }: MappingsParts) => ({ mappings: [...mappings.list()] }),
  }),
  route({
    method: "post",
    path: "/api/mappings",
    level: "operator",
    summary: "adds one; 409 where its topics are read already",
    body: mappingFields,
    answer: json(mappingAnswer, 201),
    handle: async ({ mappings }: MappingsParts, { body }) => doneOf(await mappings.add(body)),
  }),
  route({
    method: "post",
    path: "/api/mappings/try",
    level: "operator",
    summary: "what the last samples would become; refused as it would be when it is added. Changes nothing",
    body: tryRequest,
    answer: json(tryAnswer),
    handle: ({ mappings, tryMapping }: MappingsParts, { body: { replaces, ...fields } }) => {
      const fault = mappings.faultOf(fields, replaces);
      if (fault !== undefined) throw refusalOf(fault);
      return tryMapping(fields);
    },
  }),
  route({
    method: "put",
    path: "/api/mappings/:id",
    level: "operator",
    summary: "replaces it",
    body: mappingFields,
    answer: json(mappingAnswer),
    handle: async ({ mappings }: MappingsParts, { params, body }) => doneOf(await mappings.replace(params.id, body)),
  }),
  route({
    method: "delete",
    path: "/api/mappings/:id",
    level: "operator",
    summary: "204; its devices and readings stay",
    answer: EMPTY,
    handle: async ({ mappings }: MappingsParts, { params }) => {
      if (!(await mappings.remove(params.id))) throw new HttpError("MAPPING_UNKNOWN");
    },
  }),
];

function unmappedTopics(unmapped: Unmapped, isOperator: boolean): UnmappedAnswer {
  let left = isOperator ? MAX_SAMPLE_CHARS : 0;
  const topics = unmapped.list().map((each) => {
    const sample = left > 0 ? unmapped.sampleOf(each.topic) : undefined;
    left -= sample?.length ?? 0;
    return sample === undefined ? each : { ...each, sample };
  });
  return { topics };
}

function doneOf(outcome: MappingOutcome): Mapping {
  switch (outcome.kind) {
    case "done":
      return outcome.mapping;
    case "refused":
      throw refusalOf(outcome.fault);
    case "full":
      throw new HttpError("TOO_MANY_MAPPINGS");
    case "unknown":
      throw new HttpError("MAPPING_UNKNOWN");
  }
}

const refusalOf = ({ kind, field, message }: MappingFault): HttpError =>
  new HttpError(kind === "taken" ? "TOPIC_TAKEN" : "REQUEST_INVALID", [{ field, message }]);
