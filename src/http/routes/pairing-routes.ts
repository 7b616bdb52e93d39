/** `/api/pairing`: opens and closes the join window, lists the boards that wait, and lets one in. */
import express, { type Request, Router } from "express";
import {
  admitRequest,
  type BoardAnswer,
  type PairingAnswer,
  pairingRequest,
  type WithSecret,
} from "../../contract/access.ts";
import { type Credentials, nameIn } from "../../core/access/credentials.ts";
import { ADOPTED_PASSWORD, type Pairing } from "../../core/access/pairing.ts";
import type { Registry } from "../../core/devices/registry.ts";
import { parseDeviceId } from "../../core/model/device-id.ts";
import { HttpError, invalidField, parseRequest } from "../answers/problem.ts";
import { needed, outcomeIn } from "./session-routes.ts";

export interface PairingRoutesOptions {
  /** Undefined: there are no accounts, and everybody is let in. */
  readonly pairing: Pairing | undefined;
  readonly credentials: Credentials | undefined;
  readonly registry: Registry;
}

export function pairingRoutes({ pairing, credentials, registry }: PairingRoutesOptions): Router {
  const router = Router();
  const json = express.json({ limit: "4kb" });

  function state(): PairingAnswer {
    const untilMs = needed(pairing).openUntilMs();
    const openUntil = untilMs === undefined ? null : new Date(untilMs).toISOString();
    const waiting = needed(pairing)
      .waiting()
      .map((board) => ({ ...board, mayAdopt: board.mayAdopt && !isDevice(nameIn(board)) }));
    return { openUntil, waiting };
  }

  /** A device with readings: a board that only knows its name must not take it over. */
  const isDevice = (name: string): boolean => registry.get(name) !== undefined;

  router.get("/api/pairing", (_request, response) => {
    response.json(state());
  });

  router.post("/api/pairing", json, (request, response) => {
    needed(pairing).open(parseRequest(pairingRequest, request.body).minutes);
    response.json(state());
  });

  router.delete("/api/pairing", (_request, response) => {
    needed(pairing).close();
    response.status(204).end();
  });

  router.post("/api/pairing/:id", json, async (request: Request, response) => {
    const { deviceId, adopt } = parseRequest(admitRequest, request.body);
    const known = parseDeviceId(deviceId);
    if (!known.ok) throw invalidField("deviceId", "expected 1 to 64 of A-Z a-z 0-9 . _ : - and not . or ..");
    // A password that another board could have presented never replaces an existing secret.
    if (needed(credentials).hasBoard(deviceId)) throw new HttpError("DEVICE_HAS_SECRET");
    const login = needed(pairing).look(String(request.params["id"]));
    if (login === undefined) throw new HttpError("NOT_WAITING");
    let made: BoardAnswer | WithSecret<BoardAnswer>;
    if (adopt) {
      if (isDevice(deviceId)) throw new HttpError("DEVICE_EXISTS");
      const { password = "" } = login;
      if (password.length < ADOPTED_PASSWORD) throw new HttpError("PASSWORD_TOO_SHORT");
      if (nameIn(login) !== deviceId)
        throw invalidField("deviceId", `expected ${nameIn(login)}, as the board calls itself`);
      made = outcomeIn(response, await needed(credentials).adoptBoard(deviceId, password));
    } else made = outcomeIn(response, await needed(credentials).makeFirst(known.value));
    needed(pairing).letGo(String(request.params["id"]));
    response.status(201).json(made);
  });

  return router;
}
