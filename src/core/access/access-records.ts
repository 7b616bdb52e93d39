/** The records of people, tokens and MQTT credentials, and the ports that keep them. Types only. */
import type { TopicOptions } from "../../contract/access.ts";
import type { CredentialFamily } from "../../contract/families.ts";
import type { Role, Scope } from "../../contract/levels.ts";

export interface UserRecord {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** PHC string of argon2id. */
  readonly password: string;
  readonly createdAtMs: number;
}

/** A browser that is signed in. */
export interface SignInRecord {
  /** SHA-256 of the cookie's secret. */
  readonly hash: string;
  readonly userId: string;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number;
}

interface Credential {
  /** Keyed hash of the secret. */
  readonly hash: string;
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
  readonly lastUsedAtMs?: number;
}

export interface TokenRecord extends Credential {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
}

export interface BoardRecord extends Credential {
  readonly deviceId: string;
  /** A password that the board's maker chose, as a PHC string of argon2id. `hash` then matches no secret. */
  readonly adopted?: string;
  /** Left out: native, and so are the two that follow. */
  readonly family?: Exclude<CredentialFamily, "native">;
  /** As the board calls itself in its topics. */
  readonly name?: string;
  readonly options?: TopicOptions;
  /** By which it logs in, where it is another name. */
  readonly userName?: string;
}

export interface ApplicationRecord extends Credential {
  readonly id: string;
  readonly name: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

export interface AccessRecords {
  readonly users: readonly UserRecord[];
  readonly signIns: readonly SignInRecord[];
  readonly tokens: readonly TokenRecord[];
  readonly boards: readonly BoardRecord[];
  readonly applications: readonly ApplicationRecord[];
}

export const NO_RECORDS: AccessRecords = { users: [], signIns: [], tokens: [], boards: [], applications: [] };

/** Secrets: made, and known again. Nothing of it can be turned back. */
export interface Secrets {
  /** URL-safe, of so many random bits. */
  make(bits: number): string;
  id(): string;
  /** Keyed and fast: for secrets that the hub made itself, which cannot be guessed. */
  hash(secret: string): string;
  /** In constant time. */
  isSame(a: string, b: string): boolean;
}

/** For what people choose: slow on purpose, few at a time. */
export interface Passwords {
  /** Undefined: too many at once. */
  hash(password: string): Promise<string | undefined>;
  /** Undefined: too many at once. `kept` undefined: takes as long as any other, and says no. */
  verify(kept: string | undefined, password: string): Promise<boolean | undefined>;
}

export interface AccessStore {
  readonly records: AccessRecords;
  /** Settles when they are on disk; rejects with an Error in the owner's words. Never called while one is on its way. */
  save(records: AccessRecords): Promise<void>;
}
