/** The OpenAPI 3.1 document of the declared routes. */
import { STATUS_CODES } from "node:http";
import { z } from "zod";
import { boardAnswer, pairingAnswer, sessionAnswer, tokenAnswer, userAnswer } from "../../contract/access.ts";
import { alert, alertEvent, rule, ruleFields, silence } from "../../contract/alerts.ts";
import { channelAnswer } from "../../contract/answers/alert-answers.ts";
import { CSRF_HEADER, type Level, SCOPES } from "../../contract/levels.ts";
import { mappingAnswer } from "../../contract/mappings.ts";
import { PROBLEM_TYPE, problem } from "../../contract/problem.ts";
import { attributeValue, device, deviceRetention, latestValue, metrics, reading } from "../../contract/readings.ts";
import { refusal } from "../../contract/refusal.ts";
import { type OpenApiDocument, seriesColumns } from "../../contract/rest.ts";
import { reaches } from "../../core/access/required-level.ts";
import type { Method, Route } from "./route.ts";

type Json = Record<string, unknown>;
type AnyRoute = Route<never>;

/** The names of schemas in the document; that of any other answer is made from its route. */
const NAMED = {
  Problem: problem,
  Device: device,
  DeviceRetention: deviceRetention,
  AttributeValue: attributeValue,
  LatestValue: latestValue,
  Metrics: metrics,
  Reading: reading,
  SeriesColumns: seriesColumns,
  Refusal: refusal,
  Session: sessionAnswer,
  User: userAnswer,
  Token: tokenAnswer,
  Board: boardAnswer,
  Pairing: pairingAnswer,
  Mapping: mappingAnswer,
  Rule: rule,
  RuleFields: ruleFields,
  Alert: alert,
  AlertEvent: alertEvent,
  Silence: silence,
  Channel: channelAnswer,
} as const;

const refTo = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

export interface OpenApiOptions {
  /** Of the hub. */
  readonly version: string;
  /** In which a browser keeps its sign-in. */
  readonly cookieName: string;
}

export function openApiOf(routes: readonly AnyRoute[], { version, cookieName }: OpenApiOptions): OpenApiDocument {
  const names = answerNames(routes);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method]: operationOf(route, names) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Aerie",
      version,
      description:
        "Devices, readings and accounts of an Aerie hub. `x-required-level` is the lowest level that may use an operation. Later versions may add fields to answers.",
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: schemasOf(names),
      responses: {
        Problem: {
          description: "Why the request was not answered",
          headers: { "Retry-After": { description: "Seconds to wait, where that helps", schema: { type: "integer" } } },
          content: { [PROBLEM_TYPE]: { schema: refTo("Problem") } },
        },
      },
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "Of a program" },
        session: { type: "apiKey", in: "cookie", name: cookieName, description: "Of a person who signed in" },
        csrf: {
          type: "apiKey",
          in: "header",
          name: CSRF_HEADER,
          description: "The `csrf` of `GET /api/session`, with each change that uses the cookie",
        },
      },
    },
  };
}

function operationOf(route: AnyRoute, names: Names): Json {
  const { summary, level, body, isDeprecated } = route;
  const parameters = [...pathParameters(route), ...queryParameters(route)];
  return {
    operationId: operationIdOf(route),
    ...(summary !== "" && { summary }),
    ...(isDeprecated && { deprecated: true }),
    "x-required-level": level,
    security: securityOf(route),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: { required: true, content: { "application/json": { schema: requestSchema(body) } } },
    }),
    responses: { ...answersOf(route, names), default: { $ref: "#/components/responses/Problem" } },
  };
}

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** `GET /api/devices/:id/latest` → `getDevicesByIdLatest` */
function operationIdOf({ method, path }: AnyRoute): string {
  const words = path.split(/[^\w:]/).filter((word) => word !== "" && word !== "api");
  return `${method}${words.map((word) => (word.startsWith(":") ? `By${capital(word.slice(1))}` : capital(word))).join("")}`;
}

/** Any of these lets a caller in, if its level is high enough; none: everybody is. */
function securityOf({ method, level, moreFrom }: AnyRoute): Json[] {
  if (moreFrom !== undefined) return [{}, ...securityFrom(method, moreFrom)];
  const ofPerson = personWith(method);
  // With the cookie of a person, a change needs the CSRF token even where nobody has to be signed in.
  if (level === "nobody") return method === "get" ? [] : [{}, ofPerson];
  return securityFrom(method, level);
}

function securityFrom(method: Method, level: Level): Json[] {
  const hasToken = SCOPES.some((scope) => reaches(scope, level));
  return [...(hasToken ? [{ token: [] }] : []), personWith(method)];
}

const personWith = (method: Method): Json => ({ session: [], ...(method !== "get" && { csrf: [] }) });

const pathParameters = ({ path }: AnyRoute): Json[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: "path", required: true, schema: { type: "string" } }));

function queryParameters({ query }: AnyRoute): Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input" });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = property as Json;
    const isRequired = required.includes(name);
    return { name, in: "query", required: isRequired, ...(description !== undefined && { description }), schema };
  });
}

function requestSchema(body: z.ZodType): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(body, { io: "input" });
  return schema;
}

function answersOf({ answer }: AnyRoute, names: Names): Json {
  if (answer.kind === "empty") return { 204: { description: STATUS_CODES[204] } };
  const statuses = ("statuses" in answer ? answer.statuses : undefined) ?? [200];
  const types = answer.kind === "json" ? ["application/json"] : answer.types;
  const name = "schema" in answer && answer.schema !== undefined ? names.get(answer.schema) : undefined;
  const media = name === undefined ? {} : { schema: refTo(name) };
  const content = Object.fromEntries(types.map((type) => [type, media]));
  return Object.fromEntries(statuses.map((status) => [status, { description: STATUS_CODES[status], content }]));
}

type Names = ReadonlyMap<z.ZodType, string>;

function answerNames(routes: readonly AnyRoute[]): Names {
  const names = new Map<z.ZodType, string>(Object.entries(NAMED).map(([name, schema]) => [schema, name]));
  for (const route of routes) {
    const schema = "schema" in route.answer ? route.answer.schema : undefined;
    if (schema !== undefined && !names.has(schema)) names.set(schema, `${capital(operationIdOf(route))}Answer`);
  }
  return names;
}

function schemasOf(names: Names): Readonly<Record<string, Json>> {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: "output",
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ jsonSchema }) => {
      // A client that refuses what it does not know would break with each field that is added.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      // The format says it.
      if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
      // What a double holds is no limit of ours.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]));
}
