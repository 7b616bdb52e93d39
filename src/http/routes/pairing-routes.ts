/** `/api/pairing`: opens and closes the join window, lists the boards that wait, and lets one in. */
import {
  admitAnswer,
  admitRequest,
  type BoardRequest,
  type PairingAnswer,
  pairingAnswer,
  pairingRequest,
  type WaitingBoard,
} from "../../contract/access.ts";
import type { Credentials } from "../../core/access/credentials.ts";
import { nameIn } from "../../core/access/mqtt-login.ts";
import { ADOPTED_PASSWORD, type Pairing } from "../../core/access/pairing.ts";
import { type CredentialSpec, deviceIdOf } from "../../core/access/topics-of.ts";
import type { Registry } from "../../core/devices/registry.ts";
import { HttpError, invalidField } from "../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../declaration/route.ts";
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
    handle: async (parts: PairingParts, { params, body, response }) => {
      const spec = specIn(body);
      const [credentials, pairing] = [needed(parts.credentials), needed(parts.pairing)];
      // A password that another board could have presented never replaces an existing secret.
      if (credentials.topicsOfDevice(deviceIdOf(spec)) !== undefined) throw new HttpError("DEVICE_HAS_SECRET");
      const login = pairing.look(params.id);
      if (login === undefined) throw new HttpError("NOT_WAITING");
      const made = body.adopt
        ? await credentials.adoptBoard(spec, adoptablePassword(parts, spec, login), nameIn(login))
        : await credentials.makeFirst(spec);
      const board = outcomeIn(response, made);
      pairing.letGo(params.id);
      return board;
    },
  }),
];

const specIn = ({ family = "native", deviceId, name, options = {} }: BoardRequest): CredentialSpec => ({
  family,
  name: name ?? deviceId ?? "",
  options,
});

function stateOf({ pairing, registry }: PairingParts): PairingAnswer {
  const untilMs = needed(pairing).openUntilMs();
  const openUntil = untilMs === undefined ? null : new Date(untilMs).toISOString();
  const waiting = needed(pairing)
    .waiting()
    .map((board) => ({ ...board, mayAdopt: board.mayAdopt && !isDevice(registry, claimedBy(board)) }));
  return { openUntil, waiting };
}

/** The device that it would be. */
const claimedBy = ({ recognized, userName, clientId }: WaitingBoard): string =>
  recognized === undefined ? userName || clientId : deviceIdOf(recognized);

/** A device with readings: a board that only knows its name must not take it over. */
const isDevice = (registry: Registry, name: string): boolean => registry.get(name) !== undefined;

/** With which the board connected. */
function adoptablePassword(
  { registry }: PairingParts,
  spec: CredentialSpec,
  login: NonNullable<ReturnType<Pairing["look"]>>,
): string {
  if (isDevice(registry, deviceIdOf(spec))) throw new HttpError("DEVICE_EXISTS");
  const { password = "" } = login;
  if (password.length < ADOPTED_PASSWORD) throw new HttpError("PASSWORD_TOO_SHORT");
  // A native board is found by its id; of another the name by which it logs in is kept.
  if (spec.family === "native" && nameIn(login) !== spec.name)
    throw invalidField("deviceId", `expected ${nameIn(login)}, the name that the board uses`);
  return password;
}
