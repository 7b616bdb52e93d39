/** `/api/users`, `/api/tokens`, `/api/boards`, `/api/applications`: accounts and credentials are listed, created and removed. */
import express, { type Request, Router } from "express";
import { applicationRequest, boardRequest, tokenRequest, userPatch, userRequest } from "../../contract/access.ts";
import type { Accounts } from "../../core/access/accounts.ts";
import type { Credentials } from "../../core/access/credentials.ts";
import { parseDeviceId } from "../../core/model/device-id.ts";
import { invalidField, parseRequest } from "../answers/problem.ts";
import { needed, outcomeIn } from "./session-routes.ts";

export interface AccessRoutesOptions {
  /** Undefined: there are no accounts, and everybody may do everything. */
  readonly accounts: Accounts | undefined;
  readonly credentials: Credentials | undefined;
}

export function accessRoutes({ accounts, credentials }: AccessRoutesOptions): Router {
  const router = Router();
  const json = express.json({ limit: "16kb" });
  const idOf = (request: Request): string => String(request.params["id"]);

  router.get("/api/users", (_request, response) => {
    response.json({ users: needed(accounts).users() });
  });

  router.post("/api/users", json, async (request, response) => {
    const { name, password, role } = parseRequest(userRequest, request.body);
    response.status(201).json(outcomeIn(response, await needed(accounts).addUser(name, password, role)));
  });

  router.patch("/api/users/:id", json, async (request, response) => {
    const { role, password } = parseRequest(userPatch, request.body);
    const patch = { ...(role !== undefined && { role }), ...(password !== undefined && { password }) };
    response.json(outcomeIn(response, await needed(accounts).changeUser(idOf(request), patch)));
  });

  router.delete("/api/users/:id", async (request, response) => {
    outcomeIn(response, await needed(accounts).removeUser(idOf(request)));
    response.status(204).end();
  });

  router.get("/api/tokens", (_request, response) => {
    response.json({ tokens: needed(accounts).tokens() });
  });

  router.post("/api/tokens", json, async (request, response) => {
    const { name, scope, days } = parseRequest(tokenRequest, request.body);
    response.status(201).json(await needed(accounts).addToken(name, scope, days));
  });

  router.delete("/api/tokens/:id", async (request, response) => {
    outcomeIn(response, await needed(accounts).removeToken(idOf(request)));
    response.status(204).end();
  });

  router.get("/api/boards", (_request, response) => {
    response.json({ boards: needed(credentials).boards() });
  });

  router.post("/api/boards", json, async (request, response) => {
    const { deviceId } = parseRequest(boardRequest, request.body);
    const known = parseDeviceId(deviceId);
    if (!known.ok) throw invalidField("deviceId", "expected 1 to 64 of A-Z a-z 0-9 . _ : - and not . or ..");
    response.status(201).json(await needed(credentials).makeBoard(known.value));
  });

  router.delete("/api/boards/:id", async (request, response) => {
    outcomeIn(response, await needed(credentials).removeBoard(idOf(request)));
    response.status(204).end();
  });

  router.get("/api/applications", (_request, response) => {
    response.json({ applications: needed(credentials).applications() });
  });

  router.post("/api/applications", json, async (request, response) => {
    const application = parseRequest(applicationRequest, request.body);
    response.status(201).json(await needed(credentials).makeApplication(application));
  });

  router.delete("/api/applications/:id", async (request, response) => {
    outcomeIn(response, await needed(credentials).removeApplication(idOf(request)));
    response.status(204).end();
  });

  return router;
}
