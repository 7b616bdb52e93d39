/** `aerie user`, `aerie token`, `aerie device`, `aerie application`: accounts and credentials. A secret is printed once, on standard output. */
import { randomBytes } from "node:crypto";
import type { ApplicationAnswer, PairingAnswer, TokenAnswer, UserAnswer, WithSecret } from "../../contract/access.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import { type HubLink, linkToHub } from "../shared/hub-link.ts";
import { quoted } from "../shared/shell-word.ts";
import { type AccessRequest, json, nameOf, use, type Work } from "./access-request.ts";
import { addBoard, changeBoard, listBoards, removeBoard } from "./device-work.ts";

/** Cannot be guessed. The user is meant to change it. */
const PASSWORD_BITS = 96;

const WORK: Readonly<Record<AccessRequest["noun"], Readonly<Record<string, Work>>>> = {
  user: { list: listUsers, add: addUser, password: setPassword, role: setRole, remove: removeUser },
  token: { list: listTokens, add: addToken, remove: removeToken },
  device: { list: listBoards, add: addBoard, change: changeBoard, remove: removeBoard },
  application: { list: listApplications, add: addApplication, remove: removeApplication },
};

export async function accessCommand(request: AccessRequest, { config, clock, say }: CommandWorld): Promise<number> {
  const verbs = WORK[request.noun];
  const work = Object.hasOwn(verbs, request.verb) ? verbs[request.verb] : undefined;
  if (work === undefined) {
    throw new CommandFault(
      `aerie ${request.noun} ${request.verb}: expected one of ${Object.keys(verbs).join(", ")}`,
      2,
    );
  }
  const link = await linkToHub({ config, clock, changes: { say } });
  try {
    process.stdout.write(`${await work(link, request, say)}\n`);
    return 0;
  } finally {
    await link.close();
  }
}

/** `aerie pair`: opens the join window of the running hub. Devices that ask to join show in the dashboard. */
export async function pairCommand(minutes: number, { config, clock, say }: CommandWorld): Promise<number> {
  const link = await linkToHub({ config, clock });
  try {
    if (link.isOwn)
      throw new CommandFault(
        `No hub is running on ${config.dataDir}. Start it first, or name the directory of the running hub with --data-dir.`,
      );
    await link.ask<PairingAnswer>("/api/pairing", json({ minutes }));
    const span = minutes === 1 ? "1 minute" : `${minutes} minutes`;
    say(`Unknown devices may ask to join for ${span}. Accept them in the dashboard, under Add.`);
    return 0;
  } finally {
    await link.close();
  }
}

const expiry = (expiresAt: string | null): string => (expiresAt === null ? "never expires" : `expires ${expiresAt}`);

const newPassword = (): string => randomBytes(PASSWORD_BITS / 8).toString("base64url");

const usersOf = async (link: HubLink): Promise<UserAnswer[]> =>
  (await link.ask<{ users: UserAnswer[] }>("/api/users")).users;

async function userOf(link: HubLink, request: AccessRequest): Promise<UserAnswer> {
  const name = nameOf(request);
  const found = (await usersOf(link)).find((user) => user.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new CommandFault(`There is no user ${name}. aerie user list shows them all.`);
  return found;
}

async function listUsers(link: HubLink): Promise<string> {
  const users = await usersOf(link);
  return users.length === 0 ? "no users" : users.map(({ name, role }) => `${role.padEnd(8)}  ${name}`).join("\n");
}

async function addUser(link: HubLink, request: AccessRequest, say: CommandWorld["say"]): Promise<string> {
  const password = newPassword();
  const { name, role } = await link.ask<UserAnswer>(
    "/api/users",
    json({ name: nameOf(request), role: request.role ?? "viewer", password }),
  );
  // With the first account the setup link of the hub ends, whatever the account's role.
  if ((await usersOf(link)).every((user) => user.role !== "owner")) {
    const where = request.dataDir === undefined ? "" : ` --data-dir ${quoted(request.dataDir)}`;
    say(`This hub has no owner yet. To make ${name} the owner: aerie user role ${quoted(name)} --role owner${where}`);
  }
  return `${name} is ${role}. Password: ${password}`;
}

async function setPassword(link: HubLink, request: AccessRequest): Promise<string> {
  const password = newPassword();
  const { id, name } = await userOf(link, request);
  await link.ask(`/api/users/${id}`, json({ password }), "PATCH");
  return `${name} has to sign in again. New password: ${password}`;
}

async function setRole(link: HubLink, request: AccessRequest): Promise<string> {
  if (request.role === undefined) throw new CommandFault("aerie user role: missing option: --role", 2);
  const { id, name } = await userOf(link, request);
  await link.ask(`/api/users/${id}`, json({ role: request.role }), "PATCH");
  return `${name} is ${request.role}`;
}

async function removeUser(link: HubLink, request: AccessRequest): Promise<string> {
  const { id, name } = await userOf(link, request);
  await link.ask(`/api/users/${id}`, undefined, "DELETE");
  return `${name} was removed`;
}

async function listTokens(link: HubLink): Promise<string> {
  const { tokens } = await link.ask<{ tokens: TokenAnswer[] }>("/api/tokens");
  const line = ({ id, scope, name, expiresAt, lastUsedAt }: TokenAnswer): string =>
    `${id}  ${scope.padEnd(8)}  ${expiry(expiresAt)}  ${use(lastUsedAt)}  ${name}`;
  return tokens.length === 0 ? "no tokens" : tokens.map(line).join("\n");
}

async function addToken(link: HubLink, request: AccessRequest, say: CommandWorld["say"]): Promise<string> {
  if (request.scope === undefined) throw new CommandFault("aerie token add: missing option: --scope", 2);
  const days = request.days === undefined ? {} : { days: request.days };
  const made = await link.ask<WithSecret<TokenAnswer>>(
    "/api/tokens",
    json({ name: nameOf(request), scope: request.scope, ...days }),
  );
  say("The token, which the program sends as Authorization: Bearer <token>. It is shown only once:");
  return made.secret;
}

async function removeToken(link: HubLink, request: AccessRequest): Promise<string> {
  const id = nameOf(request);
  await link.ask(`/api/tokens/${encodeURIComponent(id)}`, undefined, "DELETE");
  return `Revoked ${id}`;
}

async function listApplications(link: HubLink): Promise<string> {
  const { applications } = await link.ask<{ applications: ApplicationAnswer[] }>("/api/applications");
  const line = ({ id, name, publish, subscribe, expiresAt, lastUsedAt }: ApplicationAnswer): string =>
    `${id}  publishes ${publish.join(",") || "nothing"}  subscribes ${subscribe.join(",") || "nothing"}  ${expiry(expiresAt)}  ${use(lastUsedAt)}  ${name}`;
  return applications.length === 0 ? "no applications" : applications.map(line).join("\n");
}

const filtersOf = (text = ""): string[] => text.split(",").filter((filter) => filter !== "");

function parametersIn(text: string | undefined): Record<string, string> {
  const pairs = filtersOf(text).map((pair) => {
    const end = pair.indexOf("=");
    if (end < 1) throw new CommandFault(`--set: expected name=value, not ${pair}`, 2);
    return [pair.slice(0, end), pair.slice(end + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

async function addApplication(link: HubLink, request: AccessRequest, say: CommandWorld["say"]): Promise<string> {
  const [publish, subscribe] = [filtersOf(request.publish), filtersOf(request.subscribe)];
  const { preset } = request;
  if (preset === undefined && publish.length + subscribe.length === 0) {
    throw new CommandFault("aerie application add: missing option: --preset, or --publish, --subscribe or both", 2);
  }
  const presets = preset === undefined ? {} : { preset, parameters: parametersIn(request.set) };
  const days = request.days === undefined ? {} : { days: request.days };
  const made = await link.ask<WithSecret<ApplicationAnswer>>(
    "/api/applications",
    json({ name: nameOf(request), publish, subscribe, ...presets, ...days }),
  );
  say(`${made.name} logs in with this MQTT password and any user name. It is shown only once:`);
  return made.secret;
}

async function removeApplication(link: HubLink, request: AccessRequest): Promise<string> {
  const id = nameOf(request);
  await link.ask(`/api/applications/${encodeURIComponent(id)}`, undefined, "DELETE");
  return `Revoked ${id}`;
}
