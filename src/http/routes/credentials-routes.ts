/** `/api/boards`, `/api/applications`: credentials of MQTT clients are listed, made and removed. */
import {
  type ApplicationRequest,
  applicationRequest,
  applicationsAnswer,
  applicationWithSecret,
  boardAnswer,
  boardPatch,
  boardRequest,
  boardsAnswer,
  boardWithSecret,
} from "../../contract/access.ts";
import { filtersOf } from "../../contract/application-presets.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { Accounts } from "../../core/access/accounts.ts";
import type { Credentials } from "../../core/access/credentials.ts";
import { devicesWithoutSecret } from "../../core/access/unclaimed/without-secret.ts";
import type { Registry } from "../../core/devices/registry.ts";
import type { HardwareBook } from "../../core/hardware/hardware-book.ts";
import { invalidField } from "../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../declaration/route.ts";
import { needed, outcomeIn } from "./session-routes.ts";

export interface CredentialsParts {
  /** Undefined: there are no accounts, and everybody may do everything. */
  readonly credentials: Credentials | undefined;
  /** Undefined: the same. */
  readonly accounts: Accounts | undefined;
  readonly registry: Registry;
  readonly hardware: HardwareBook;
}

export const CREDENTIALS_ROUTES: readonly Route<CredentialsParts>[] = [
  route({
    method: "get",
    path: "/api/boards",
    level: "operator",
    summary: "the boards that have a secret, and the devices that need one",
    answer: json(boardsAnswer),
    handle: ({ credentials, accounts, registry, hardware }: CredentialsParts) => {
      const { boards, hasBoard } = needed(credentials);
      const hasSecret = (deviceId: string): boolean =>
        hasBoard(deviceId) || hasBoard(hardware.hardwareOf(deviceId as DeviceId));
      const made = (accounts?.users() ?? []).map(({ createdAt }) => Date.parse(createdAt));
      const claimedAtMs = made.length === 0 ? undefined : Math.min(...made);
      return { boards: boards(), withoutSecret: devicesWithoutSecret(registry.list(), { claimedAtMs, hasSecret }) };
    },
  }),
  route({
    method: "post",
    path: "/api/boards",
    level: "operator",
    summary: "makes a new `secret`, which only this answer has, and revokes the former one",
    body: boardRequest,
    answer: json(boardWithSecret, 201),
    handle: async ({ credentials }: CredentialsParts, { body, response }) =>
      outcomeIn(response, await needed(credentials).makeBoard(body)),
  }),
  route({
    method: "patch",
    path: "/api/boards/:id",
    level: "operator",
    summary: "gives its credential another family, name or topics; the board keeps its user name and password",
    body: boardPatch,
    answer: json(boardAnswer),
    handle: async ({ credentials }: CredentialsParts, { params, body, response }) =>
      outcomeIn(response, await needed(credentials).changeBoard(params.id, body)),
  }),
  route({
    method: "delete",
    path: "/api/boards/:id",
    level: "operator",
    summary: "revokes its secret; its readings stay",
    answer: EMPTY,
    handle: async ({ credentials }: CredentialsParts, { params, response }) =>
      outcomeIn(response, await needed(credentials).removeBoard(params.id)),
  }),
  route({
    method: "get",
    path: "/api/applications",
    level: "owner",
    summary: "the applications",
    answer: json(applicationsAnswer),
    handle: ({ credentials }: CredentialsParts) => ({ applications: needed(credentials).applications() }),
  }),
  route({
    method: "post",
    path: "/api/applications",
    level: "owner",
    summary: "`publish` and `subscribe` are topic filters; only this answer has the `secret`",
    body: applicationRequest,
    answer: json(applicationWithSecret, 201),
    handle: ({ credentials }: CredentialsParts, { body }) =>
      needed(credentials).makeApplication({ name: body.name, days: body.days, ...filtersIn(body) }),
  }),
  route({
    method: "delete",
    path: "/api/applications/:id",
    level: "owner",
    summary: "revokes its credential",
    answer: EMPTY,
    handle: async ({ credentials }: CredentialsParts, { params, response }) =>
      outcomeIn(response, await needed(credentials).removeApplication(params.id)),
  }),
];

function filtersIn({ preset, parameters = {}, publish = [], subscribe = [] }: ApplicationRequest) {
  if (preset === undefined) return { publish, subscribe };
  const found = filtersOf(preset, parameters);
  if (!found.ok) throw invalidField(`parameters.${found.parameter}`, found.message);
  return {
    publish: [...new Set([...found.publish, ...publish])],
    subscribe: [...new Set([...found.subscribe, ...subscribe])],
  };
}
