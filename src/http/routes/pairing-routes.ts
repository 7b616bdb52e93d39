/** `/api/pairing`: opens and closes the join window, lists the boards that wait, and lets one in. */
import { admitAnswer, admitRequest, type PairingAnswer, pairingAnswer, pairingRequest } from "../../contract/access.ts";
import { type Credentials, nameIn } from "../../core/access/credentials.ts";
import { ADOPTED_PASSWORD, type Pairing } from "../../core/access/pairing.ts";
import type { Registry } from "../../core/devices/registry.ts";
import { HttpError, invalidField } from "../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../declaration/route.ts";
import { validDeviceId } from "./credentials-routes.ts";
import { needed, outcomeIn } from "./session-routes.ts";

export interface PairingParts {
  /** Undefined: there are no accounts, and everybody is let in. */
  readonly pairing: Pairing | undefined;
  readonly credentials: Credentials | undefined;
  readonly registry: Registry;
}

export const PAIRING_ROUTES: readonly Route<PairingParts>[] = [
  route({
    method: "get",
    path: "/api/pairing",
    level: "operator",
    summary: "whether the join window is open, and the boards that wait",
    answer: json(pairingAnswer),
    handle: stateOf,
  }),
  route({
    method: "post",
    path: "/api/pairing",
    level: "operator",
    summary: "opens the join window",
    body: pairingRequest,
    answer: json(pairingAnswer),
    handle: (parts: PairingParts, { body }) => {
      needed(parts.pairing).open(body.minutes);
      return stateOf(parts);
    },
  }),
  route({
    method: "delete",
    path: "/api/pairing",
    level: "operator",
    summary: "closes it",
    answer: EMPTY,
    handle: ({ pairing }: PairingParts) => needed(pairing).close(),
  }),
  route({
    method: "post",
    path: "/api/pairing/:id",
    level: "operator",
    summary: "lets a board in; the answer has the `secret` if the hub made it",
    body: admitRequest,
    answer: json(admitAnswer, 201),
    handle: async (parts: PairingParts, { params, body: { deviceId, adopt }, response }) => {
      const known = validDeviceId(deviceId);
      const [credentials, pairing] = [needed(parts.credentials), needed(parts.pairing)];
      // A password that another board could have presented never replaces an existing secret.
      if (credentials.hasBoard(deviceId)) throw new HttpError("DEVICE_HAS_SECRET");
      const login = pairing.look(params.id);
      if (login === undefined) throw new HttpError("NOT_WAITING");
      const made = adopt
        ? await credentials.adoptBoard(deviceId, adoptablePassword(parts, deviceId, login))
        : await credentials.makeFirst(known);
      const board = outcomeIn(response, made);
      pairing.letGo(params.id);
      return board;
    },
  }),
];

function stateOf({ pairing, registry }: PairingParts): PairingAnswer {
  const untilMs = needed(pairing).openUntilMs();
  const openUntil = untilMs === undefined ? null : new Date(untilMs).toISOString();
  const waiting = needed(pairing)
    .waiting()
    .map((board) => ({ ...board, mayAdopt: board.mayAdopt && !isDevice(registry, nameIn(board)) }));
  return { openUntil, waiting };
}

/** A device with readings: a board that only knows its name must not take it over. */
const isDevice = (registry: Registry, name: string): boolean => registry.get(name) !== undefined;

/** With which the board connected. */
function adoptablePassword(
  { registry }: PairingParts,
  deviceId: string,
  login: NonNullable<ReturnType<Pairing["look"]>>,
): string {
  if (isDevice(registry, deviceId)) throw new HttpError("DEVICE_EXISTS");
  const { password = "" } = login;
  if (password.length < ADOPTED_PASSWORD) throw new HttpError("PASSWORD_TOO_SHORT");
  if (nameIn(login) !== deviceId)
    throw invalidField("deviceId", `expected ${nameIn(login)}, the name that the board uses`);
  return password;
}
