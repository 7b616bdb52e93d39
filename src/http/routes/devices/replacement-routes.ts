/** `/api/devices/:id/replacement`: which board a device's readings come from, how another takes its place, and how that is undone. */
import { candidatesAnswer, hardwareAnswer, replacementRequest } from "../../../contract/answers/hardware.ts";
import type { BoardReplacement, ReplacementOutcome } from "../../../core/devices/board-replacement.ts";
import { nameOf } from "../../../core/devices/device-answer.ts";
import { candidatesFor } from "../../../core/devices/replacement-candidates.ts";
import type { HardwareBook } from "../../../core/hardware/hardware-book.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import { HttpError, invalidField } from "../../answers/problem.ts";
import { json, type Route, route } from "../../declaration/route.ts";
import { type DevicesParts, knownDevice } from "./devices-routes.ts";

export interface ReplacementParts extends Pick<DevicesParts, "registry" | "descriptions"> {
  readonly hardware: HardwareBook;
  readonly replacement: BoardReplacement;
  readonly clock: Clock;
}

export const REPLACEMENT_ROUTES: readonly Route<ReplacementParts>[] = [
  route({
    method: "get",
    path: "/api/devices/:id/replacement",
    level: "viewer",
    summary: "which boards its readings come from, and until when the last replacement can be undone",
    answer: json(hardwareAnswer),
    handle: ({ registry, hardware }: ReplacementParts, { params }) =>
      hardware.answer(knownDevice(registry, params.id).deviceId),
  }),
  route({
    method: "get",
    path: "/api/devices/:id/replacement/candidates",
    level: "viewer",
    summary: "boards that may take its place",
    answer: json(candidatesAnswer),
    handle: ({ registry, hardware, descriptions, clock }: ReplacementParts, { params }) =>
      candidatesFor(knownDevice(registry, params.id), {
        devices: registry.list(),
        isFree: (deviceId) => hardware.hardwareOf(deviceId) === deviceId,
        nameOf: (board) => nameOf(board, descriptions),
        nowMs: clock.nowMs(),
      }),
  }),
  route({
    method: "post",
    path: "/api/devices/:id/replacement",
    level: "owner",
    summary:
      "what the board `by` sends is this device's from now on, and the secret of its former board is revoked; can be undone for 7 days",
    body: replacementRequest,
    answer: json(hardwareAnswer),
    handle: async ({ replacement }: ReplacementParts, { params, body }) =>
      done(await replacement.replace(params.id, body.by)),
  }),
  route({
    method: "delete",
    path: "/api/devices/:id/replacement",
    level: "owner",
    summary: "undoes the last replacement: the former board and its secret are valid again",
    answer: json(hardwareAnswer),
    handle: async ({ replacement }: ReplacementParts, { params }) => done(await replacement.undo(params.id)),
  }),
];

function done(outcome: ReplacementOutcome) {
  if (outcome.ok) return outcome.value;
  switch (outcome.code) {
    case "BOARD_UNKNOWN":
      throw invalidField("by", "no device has this id; a board is one as soon as it has sent something");
    case "SAME_BOARD":
      throw invalidField("by", "this board sends the readings of the device already");
    default:
      throw new HttpError(outcome.code);
  }
}
