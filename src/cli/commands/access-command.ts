/** `aerie user`, `aerie token`, `aerie device`, `aerie application`: who may do what, without the browser. A secret is shown once, on standard output. */
import { randomBytes } from "node:crypto";
import type {
  ApplicationAnswer,
  BoardAnswer,
  PairingAnswer,
  TokenAnswer,
  UserAnswer,
  WithSecret,
} from "../../contract/access.ts";
import type { Role, Scope } from "../../contract/levels.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import { type HubLink, linkToHub } from "../shared/hub-link.ts";

export interface AccessRequest {
  readonly noun: "user" | "token" | "device" | "application";
  readonly verb: string;
  readonly name?: string | undefined;
  readonly role?: Role;
  readonly scope?: Scope;
  readonly days?: number;
  /** Topic filters, with commas between. */
  readonly publish?: string;
  readonly subscribe?: string;
}

type Work = (link: HubLink, wish: AccessRequest) => Promise<string>;

/** Long enough to be nobody's guess; to be changed by whom it is for. */
const PASSWORD_BITS = 96;

const WORK: Readonly<Record<AccessRequest["noun"], Readonly<Record<string, Work>>>> = {
  user: { list: listUsers, add: addUser, password: setPassword, role: setRole, remove: removeUser },
  token: { list: listTokens, add: addToken, remove: removeToken },
  device: { list: listBoards, add: addBoard, remove: removeBoard },
  application: { list: listApplications, add: addApplication, remove: removeApplication },
};

export async function accessCommand(wish: AccessRequest, { config, clock }: CommandWorld): Promise<number> {
  const verbs = WORK[wish.noun];
  const work = Object.hasOwn(verbs, wish.verb) ? verbs[wish.verb] : undefined;
  if (work === undefined) {
    throw new CommandFault(`aerie ${wish.noun} ${wish.verb}: expected one of ${Object.keys(verbs).join(", ")}`, 2);
  }
  const link = await linkToHub({ config, clock, changes: true });
  try {
    process.stdout.write(`${await work(link, wish)}\n`);
    return 0;
  } finally {
    await link.close();
  }
}

/** `aerie pair`: opens the join window of the hub that runs; who waits shows in the dashboard. */
export async function pairCommand(minutes: number, { config, clock, say }: CommandWorld): Promise<number> {
  const link = await linkToHub({ config, clock, changes: true });
  try {
    if (link.isOwn) throw new CommandFault("No hub runs on this data directory: start it first.");
    const { openUntil } = await link.ask<PairingAnswer>("/api/pairing", json({ minutes }));
    say(`Unknown boards may knock until ${openUntil}. They show in the dashboard, under Add.`);
    return 0;
  } finally {
    await link.close();
  }
}

const json = (value: unknown) => ({ type: "application/json", text: JSON.stringify(value) });

function nameOf({ noun, verb, name }: AccessRequest): string {
  if (name === undefined || name === "") throw new CommandFault(`aerie ${noun} ${verb}: whose?`, 2);
  return name;
}

const newPassword = (): string => randomBytes(PASSWORD_BITS / 8).toString("base64url");

const usersOf = async (link: HubLink): Promise<UserAnswer[]> =>
  (await link.ask<{ users: UserAnswer[] }>("/api/users")).users;

async function userOf(link: HubLink, wish: AccessRequest): Promise<UserAnswer> {
  const name = nameOf(wish);
  const found = (await usersOf(link)).find((user) => user.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new CommandFault(`Nobody is called ${name}`);
  return found;
}

async function listUsers(link: HubLink): Promise<string> {
  const users = await usersOf(link);
  return users.length === 0 ? "nobody" : users.map(({ name, role }) => `${role.padEnd(8)}  ${name}`).join("\n");
}

async function addUser(link: HubLink, wish: AccessRequest): Promise<string> {
  const password = newPassword();
  const { name, role } = await link.ask<UserAnswer>(
    "/api/users",
    json({ name: nameOf(wish), role: wish.role ?? "viewer", password }),
  );
  return `${name} is ${role}. Password: ${password}`;
}

async function setPassword(link: HubLink, wish: AccessRequest): Promise<string> {
  const password = newPassword();
  const { id, name } = await userOf(link, wish);
  await link.ask(`/api/users/${id}`, json({ password }), "PATCH");
  return `${name} signs in anew. Password: ${password}`;
}

async function setRole(link: HubLink, wish: AccessRequest): Promise<string> {
  if (wish.role === undefined) throw new CommandFault("aerie user role: which? Say --role", 2);
  const { id, name } = await userOf(link, wish);
  await link.ask(`/api/users/${id}`, json({ role: wish.role }), "PATCH");
  return `${name} is ${wish.role}`;
}

async function removeUser(link: HubLink, wish: AccessRequest): Promise<string> {
  const { id, name } = await userOf(link, wish);
  await link.ask(`/api/users/${id}`, undefined, "DELETE");
  return `${name} is gone`;
}

async function listTokens(link: HubLink): Promise<string> {
  const { tokens } = await link.ask<{ tokens: TokenAnswer[] }>("/api/tokens");
  const line = ({ id, scope, name, expiresAt, lastUsedAt }: TokenAnswer): string =>
    `${id}  ${scope.padEnd(8)}  expires ${expiresAt ?? "never"}  used ${lastUsedAt ?? "never"}  ${name}`;
  return tokens.length === 0 ? "none" : tokens.map(line).join("\n");
}

async function addToken(link: HubLink, wish: AccessRequest): Promise<string> {
  if (wish.scope === undefined) throw new CommandFault("aerie token add: for what? Say --scope", 2);
  const days = wish.days === undefined ? {} : { days: wish.days };
  const made = await link.ask<WithSecret<TokenAnswer>>(
    "/api/tokens",
    json({ name: nameOf(wish), scope: wish.scope, ...days }),
  );
  return made.secret;
}

async function removeToken(link: HubLink, wish: AccessRequest): Promise<string> {
  const id = nameOf(wish);
  await link.ask(`/api/tokens/${encodeURIComponent(id)}`, undefined, "DELETE");
  return `${id} is worth nothing any more`;
}

async function listBoards(link: HubLink): Promise<string> {
  const { boards } = await link.ask<{ boards: BoardAnswer[] }>("/api/boards");
  const line = ({ deviceId, lastUsedAt }: BoardAnswer): string => `${deviceId}  used ${lastUsedAt ?? "never"}`;
  return boards.length === 0 ? "none" : boards.map(line).join("\n");
}

async function addBoard(link: HubLink, wish: AccessRequest): Promise<string> {
  const made = await link.ask<WithSecret<BoardAnswer>>("/api/boards", json({ deviceId: nameOf(wish) }));
  return made.secret;
}

async function removeBoard(link: HubLink, wish: AccessRequest): Promise<string> {
  const deviceId = nameOf(wish);
  await link.ask(`/api/boards/${encodeURIComponent(deviceId)}`, undefined, "DELETE");
  return `${deviceId} is let in no more`;
}

async function listApplications(link: HubLink): Promise<string> {
  const { applications } = await link.ask<{ applications: ApplicationAnswer[] }>("/api/applications");
  const line = ({ id, name, publish, subscribe, lastUsedAt }: ApplicationAnswer): string =>
    `${id}  publishes ${publish.join(",") || "nothing"}  reads ${subscribe.join(",") || "nothing"}  used ${lastUsedAt ?? "never"}  ${name}`;
  return applications.length === 0 ? "none" : applications.map(line).join("\n");
}

const filtersOf = (text = ""): string[] => text.split(",").filter((filter) => filter !== "");

async function addApplication(link: HubLink, wish: AccessRequest): Promise<string> {
  const [publish, subscribe] = [filtersOf(wish.publish), filtersOf(wish.subscribe)];
  if (publish.length + subscribe.length === 0) {
    throw new CommandFault("aerie application add: for which topics? Say --publish, --subscribe or both", 2);
  }
  const days = wish.days === undefined ? {} : { days: wish.days };
  const made = await link.ask<WithSecret<ApplicationAnswer>>(
    "/api/applications",
    json({ name: nameOf(wish), publish, subscribe, ...days }),
  );
  return made.secret;
}

async function removeApplication(link: HubLink, wish: AccessRequest): Promise<string> {
  const id = nameOf(wish);
  await link.ask(`/api/applications/${encodeURIComponent(id)}`, undefined, "DELETE");
  return `${id} is let in no more`;
}
