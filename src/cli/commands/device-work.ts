/** `aerie device`: the credentials of boards. */
import type { BoardAnswer, BoardPatch, BoardRequest, WithSecret } from "../../contract/access.ts";
import { FAMILY_NAMES } from "../../contract/families.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import type { HubLink } from "../shared/hub-link.ts";
import { type AccessRequest, json, nameOf, use } from "./access-request.ts";

const boardsOf = async (link: HubLink): Promise<BoardAnswer[]> =>
  (await link.ask<{ boards: BoardAnswer[] }>("/api/boards")).boards;

export async function listBoards(link: HubLink): Promise<string> {
  const boards = await boardsOf(link);
  const line = ({ deviceId, family, lastUsedAt }: BoardAnswer): string =>
    `${deviceId}  ${family === "native" ? "" : `${FAMILY_NAMES[family]}  `}${use(lastUsedAt)}`;
  return boards.length === 0 ? "no board has a secret" : boards.map(line).join("\n");
}

export async function addBoard(link: HubLink, request: AccessRequest, say: CommandWorld["say"]): Promise<string> {
  const former = await boardsOf(link);
  const made = await link.ask<WithSecret<BoardAnswer>>("/api/boards", json(requestOf(request)));
  if (former.some((board) => board.deviceId === made.deviceId)) {
    say(`${made.deviceId} had a secret already, which no longer works. Put the new one on the board.`);
  }
  if (made.family === "thingsboard")
    say(`The access token of ${made.deviceId}, which it sends as its user name. It is shown only once:`);
  else say(`The MQTT password of ${made.deviceId}, whose user name is ${made.name}. It is shown only once:`);
  return made.secret;
}

export async function changeBoard(link: HubLink, request: AccessRequest): Promise<string> {
  const id = nameOf(request);
  const { family, called, ...others } = request;
  const options = optionsOf(others);
  const patch: BoardPatch = {
    ...(family !== undefined && { family }),
    ...(called !== undefined && { name: called }),
    ...(options !== undefined && { options }),
  };
  if (Object.keys(patch).length === 0) {
    throw new CommandFault("aerie device change: missing option: --family, --name or the topics of its family", 2);
  }
  const { deviceId, publish } = await link.ask<BoardAnswer>(
    `/api/boards/${encodeURIComponent(id)}`,
    json(patch),
    "PATCH",
  );
  return `${deviceId} publishes ${publish.join(",")}; its user name and password are as before`;
}

export async function removeBoard(link: HubLink, request: AccessRequest): Promise<string> {
  const deviceId = nameOf(request);
  await link.ask(`/api/boards/${encodeURIComponent(deviceId)}`, undefined, "DELETE");
  return `Revoked the secret of ${deviceId}`;
}

function requestOf(request: AccessRequest): BoardRequest {
  const { family, called } = request;
  const options = optionsOf(request);
  return {
    ...(family === undefined && called === undefined
      ? { deviceId: nameOf(request) }
      : { family: family ?? "native", name: called ?? nameOf(request) }),
    ...(options !== undefined && { options }),
  };
}

/** Undefined: none was given. The hub checks them. */
function optionsOf({ prefix, fullTopic, prefixes, groups }: AccessRequest): BoardRequest["options"] | undefined {
  const options = {
    ...(prefix !== undefined && { prefix }),
    ...(fullTopic !== undefined && { fullTopic }),
    ...(prefixes !== undefined && { prefixes: prefixesIn(prefixes) }),
    ...(groups !== undefined && { groups: groups.split(",").filter((group) => group !== "") }),
  };
  return Object.keys(options).length === 0 ? undefined : options;
}

function prefixesIn(text: string): readonly [string, string, string] {
  const [command, state, telemetry, ...more] = text.split(",");
  if (command && state && telemetry && more.length === 0) return [command, state, telemetry];
  throw new CommandFault("--prefixes: expected three, such as cmnd,stat,tele", 2);
}
