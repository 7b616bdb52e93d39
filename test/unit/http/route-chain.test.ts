/** What a route's declaration makes of a request and of its answer. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { EVERYBODY, NOBODY } from "../../../src/core/access/accounts.ts";
import type { LogFields } from "../../../src/core/ports/log.ts";
import { problemHandler } from "../../../src/http/answers/problem.ts";
import { EMPTY, json, type Route, route } from "../../../src/http/declaration/route.ts";
import { addRoutes } from "../../../src/http/declaration/route-chain.ts";

interface Parts {
  readonly answer: unknown;
}

const ROUTES: readonly Route<Parts>[] = [
  route({
    method: "get",
    path: "/things/:id",
    level: "viewer",
    summary: "a thing",
    query: z.strictObject({ limit: z.string().transform(Number).optional() }),
    answer: json(z.strictObject({ id: z.string(), limit: z.number().exactOptional() })),
    handle: ({ answer }: Parts, { params, query }) =>
      // What the compiler would refuse: an answer that is not as it was declared.
      (answer ?? { id: params.id, ...(query.limit !== undefined && { limit: query.limit }) }) as { id: string },
  }),
  route({
    method: "post",
    path: "/things",
    level: "operator",
    summary: "",
    body: z.strictObject({ name: z.string() }),
    answer: EMPTY,
    handle: () => undefined,
  }),
];

/** A server of these routes alone. */
async function serve({ answer = undefined as unknown, caller = EVERYBODY } = {}) {
  const logged: [event: string, fields: LogFields | undefined][] = [];
  const note = (event: string, fields?: LogFields): void => void logged.push([event, fields]);
  const log = { debug: note, info: note, warn: note, error: note };
  const app = express();
  const pass: express.RequestHandler = (_request, _response, next) => next();
  addRoutes(app, ROUTES, { parts: { answer }, callerOf: () => caller, turns: { page: pass, export: pass }, log });
  app.use(problemHandler(log));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = async (path: string, init: RequestInit = {}) => {
    const answered = await fetch(`${url}${path}`, init);
    const text = await answered.text();
    return { status: answered.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
  };
  return { ask, logged };
}

test("the handler gets what the path, the query's schema and the body's schema make of the request", async () => {
  const { ask, logged } = await serve();
  const post = (body: string) =>
    ask("/things", { method: "POST", body, headers: { "content-type": "application/json" } });
  expect(await ask("/things/a%20b?limit=5")).toEqual({ status: 200, body: { id: "a b", limit: 5 } });
  expect(await ask("/things/a?colour=red")).toMatchObject({ status: 400, body: { errors: [{ field: "colour" }] } });
  expect(await post('{"name":"x"}')).toEqual({ status: 204, body: undefined });
  expect(await post('{"name":5}')).toMatchObject({ status: 400, body: { errors: [{ field: "name" }] } });
  expect(await ask("/things", { method: "POST" })).toMatchObject({
    status: 400,
    body: { errors: [{ field: "body" }] },
  });
  expect(logged).toEqual([]);
});

test("who has not the level is refused before the query and the body are looked at", async () => {
  const { ask } = await serve({ caller: NOBODY });
  expect(await ask("/things/a?colour=red")).toMatchObject({ status: 401, body: { code: "LOGIN_NEEDED" } });
  expect(await ask("/things", { method: "POST", body: "{" })).toMatchObject({ status: 401 });
  const { ask: askAsViewer } = await serve({ caller: { level: "viewer" } });
  expect(await askAsViewer("/things", { method: "POST" })).toMatchObject({
    status: 403,
    body: { code: "LEVEL_TOO_LOW" },
  });
});

test("an answer that breaks its own schema is sent all the same, and logged once with its route and without its values", async () => {
  const { ask, logged } = await serve({ answer: { id: 5, secret: "hush" } });
  expect(await ask("/things/a")).toEqual({ status: 200, body: { id: 5, secret: "hush" } });
  expect(await ask("/things/b")).toEqual({ status: 200, body: { id: 5, secret: "hush" } });
  expect(logged).toEqual([
    [
      "an answer breaks its own schema",
      { route: "GET /things/:id", faults: [expect.stringMatching(/^id: /), expect.any(String)] },
    ],
  ]);
  expect(JSON.stringify(logged)).not.toContain("hush");
});

test("a large answer is not checked: that would hold up the hub", async () => {
  const { ask, logged } = await serve({ answer: { id: 5, text: "x".repeat(20_000) } });
  expect((await ask("/things/a")).status).toBe(200);
  expect(logged).toEqual([]);
});
