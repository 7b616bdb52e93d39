/** Views over HTTP, and the link that lets a wall tablet see them: who may do what, and when it ends. */
import { expect, test } from "vitest";
import type { SessionAnswer } from "../../../src/contract/access.ts";
import { CSRF_HEADER } from "../../../src/contract/levels.ts";
import type { View, ViewsAnswer } from "../../../src/contract/views/views.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { type AccessWorld, browserOf, cookieOf, openAccessWorld, originOf } from "../../support/hub/access-world.ts";
import { startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";

const AIR = { name: "Air", parts: [{ kind: "value", lines: [{ device: "cellar", metric: "eco2" }] }] };

const letIn = ({ nobody }: AccessWorld, token: string, headers = {}) =>
  nobody.ask<SessionAnswer & { code?: string }>("/api/session/tablet", { method: "POST", body: { token }, headers });

test("an operator makes, changes and removes views, which are there after a restart; a viewer only sees them", async () => {
  const dataDir = tempDir();
  const world = await openAccessWorld({ settings: { dataDir } });
  const [operator, viewer] = [await world.token("operator"), await world.token("viewer")];
  const made = await operator.ask<View>("/api/views", { method: "POST", body: AIR });
  expect([made.status, made.body]).toEqual([201, { ...AIR, id: made.body.id }]);
  const path = `/api/views/${made.body.id}`;
  const changed = { ...AIR, name: "Air of the house" };
  for (const [method, body] of [["PUT", changed] as const, ["DELETE", undefined] as const]) {
    expect((await viewer.ask(path, { method, ...(body && { body }) })).status).toBe(403);
  }
  expect((await operator.ask(path, { method: "PUT", body: changed })).status).toBe(200);
  const faulty = await operator.ask<{ errors: { field: string }[] }>(path, {
    method: "PUT",
    body: { ...AIR, name: "" },
  });
  expect([faulty.status, faulty.body.errors.map(({ field }) => field)]).toEqual([400, ["name"]]);
  const list = (await viewer.ask<ViewsAnswer>("/api/views")).body;
  expect(list).toEqual({ views: [{ ...changed, id: made.body.id }] });

  await world.hub.close();
  const again = await startHub({ settings: { auth: "on", dataDir } });
  const { headers } = operator;
  expect((await ask(again, "/api/views", { headers })).body).toEqual(list);
  expect((await ask(again, path, { method: "DELETE", headers })).status).toBe(204);
  expect((await ask<{ code: string }>(again, path, { headers })).body.code).toBe("VIEW_UNKNOWN");
});

test("a wall tablet sees what a viewer sees until its token is revoked, which ends its live session at once", async () => {
  const world = await openAccessWorld();
  const { secret, id } = await world.token("viewer");
  const answer = await letIn(world, secret);
  expect(answer.body).toMatchObject({ level: "viewer", isTablet: true });
  const [cookie = ""] = [answer.headers["set-cookie"]].flat();
  expect(cookie).toMatch(/; Max-Age=15552000; .*HttpOnly; SameSite=Strict$/);
  const tablet = browserOf(world.hub, answer);

  const session = await tablet.ask<SessionAnswer>("/api/session");
  expect(session.body).toMatchObject({ level: "viewer", isTablet: true });
  expect(cookieOf(session)).toBe(cookieOf(answer)); // it is kept for another half a year
  expect((await tablet.ask("/api/views", { method: "POST", body: AIR })).status).toBe(403);
  const { cookie: kept = "", origin = "" } = tablet.headers;
  const sparklines = { method: "POST", body: { devices: ["cellar"] } };
  expect((await ask(world.hub, "/api/sparklines", { ...sparklines, headers: { cookie: kept, origin } })).status).toBe(
    403,
  );
  expect((await tablet.ask("/api/sparklines", sparklines)).status).toBe(200);
  const live = await openLiveClient(world.hub.url, { extraHeaders: { cookie: kept, origin } });
  const ended = new Promise((resolve) => live.socket.once("disconnect", resolve));

  await world.owner.ask(`/api/tokens/${id}`, { method: "DELETE" });

  await ended;
  expect((await tablet.ask("/api/devices")).status).toBe(401);
  expect((await letIn(world, secret)).body.code).toBe("TABLET_LINK_WRONG");
});

test("wrong tokens slow their address down as wrong passwords do; another page's origin, and a token that may do more, are refused", async () => {
  const world = await openAccessWorld();
  const right = await world.token("viewer");
  const foreign = await letIn(world, right.secret, { origin: "http://elsewhere.example" });
  expect([foreign.status, foreign.body.code]).toEqual([403, "ORIGIN_FOREIGN"]);
  const forged = { ...world.owner.headers, [CSRF_HEADER]: "" };
  expect((await letIn(world, right.secret, forged)).body.code).toBe("CSRF_FAILED");
  expect((await letIn(world, right.secret, { origin: originOf(world.hub) })).status).toBe(200);

  const operator = await world.token("operator");
  for (const token of [operator.secret, "aerie_t_wrong", ""]) {
    const answer = await letIn(world, token);
    expect([answer.status, answer.body.code, answer.headers["set-cookie"]]).toEqual([
      401,
      "TABLET_LINK_WRONG",
      undefined,
    ]);
  }
  const delayed = await letIn(world, right.secret);
  expect([delayed.status, delayed.body.code, delayed.headers["retry-after"]]).toEqual([429, "LOGIN_DELAYED", "1"]);
});
