/** What `aerie user`, `token`, `device` and `application` are asked for, and how they ask the hub. */
import type { PresetName } from "../../contract/application-presets.ts";
import type { CredentialFamily } from "../../contract/families.ts";
import type { Role, Scope } from "../../contract/levels.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import type { HubLink } from "../shared/hub-link.ts";

export interface AccessRequest {
  readonly noun: "user" | "token" | "device" | "application";
  readonly verb: string;
  readonly name?: string | undefined;
  readonly role?: Role;
  readonly scope?: Scope;
  readonly days?: number;
  /** Topic filters, separated by commas. */
  readonly publish?: string;
  readonly subscribe?: string;
  /** Of an application. */
  readonly preset?: PresetName;
  /** `name=value`, separated by commas. */
  readonly set?: string;
  /** Of a board. */
  readonly family?: CredentialFamily;
  /** What the board calls itself in its topics, where it is not to be `name`. */
  readonly called?: string;
  readonly prefix?: string;
  readonly fullTopic?: string;
  /** Separated by commas. */
  readonly prefixes?: string;
  readonly groups?: string;
  /** As it was given, for hints of further commands. */
  readonly dataDir?: string;
}

/** Answers what goes to standard output. `say` prints beside it what a secret is, so that a script gets the secret alone. */
export type Work = (link: HubLink, request: AccessRequest, say: CommandWorld["say"]) => Promise<string>;

export const json = (value: unknown) => ({ type: "application/json", text: JSON.stringify(value) });

export function nameOf({ noun, verb, name }: AccessRequest): string {
  if (name !== undefined && name !== "") return name;
  const argument = noun === "device" || (noun !== "user" && verb === "remove") ? "id" : "name";
  throw new CommandFault(`aerie ${noun} ${verb}: missing argument: ${argument}`, 2);
}

export const use = (lastUsedAt: string | null): string =>
  lastUsedAt === null ? "never used" : `last used ${lastUsedAt}`;
