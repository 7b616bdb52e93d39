/** A device credential's record, as its topics and logins depend on it. */
import type { BoardRecord } from "./access-records.ts";
import type { MqttIdentity } from "./mqtt-access.ts";
import { type CredentialSpec, type CredentialTopics, topicsOf } from "./topics-of.ts";

export const specOf = ({ family, name, deviceId, options = {} }: BoardRecord): CredentialSpec => ({
  family: family ?? "native",
  name: name ?? deviceId,
  options,
});

/** The fields of a record that say whose it is. */
export function fieldsOf({ family, name, options }: CredentialSpec): Pick<BoardRecord, "family" | "name" | "options"> {
  if (family === "native") return {};
  return { family, name, ...(Object.keys(options).length > 0 && { options }) };
}

/** Records are never changed, but replaced. */
const known = new WeakMap<BoardRecord, CredentialTopics>();

export function topicsOfBoard(board: BoardRecord): CredentialTopics {
  const topics = known.get(board) ?? topicsOf(specOf(board));
  known.set(board, topics);
  return topics;
}

export function identityOfBoard(board: BoardRecord): MqttIdentity {
  const { deviceId, family, name = deviceId } = board;
  if (family === undefined) return { kind: "board", deviceId };
  return { kind: "board", deviceId, foreign: { family, name, topics: topicsOfBoard(board) } };
}

/** User names by which it may log in. */
export function loginsOf(board: BoardRecord): string[] {
  const { family, name } = specOf(board);
  const { deviceId, userName } = board;
  return [...new Set([deviceId, name, `${family}:${name}`, ...(userName === undefined ? [] : [userName])])];
}
