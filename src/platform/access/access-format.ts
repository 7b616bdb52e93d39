/** The text of the file of accounts: written, and read with every record checked. */
import { z } from "zod";
import type { TopicOptions } from "../../contract/access.ts";
import { CREDENTIAL_FAMILIES } from "../../contract/families.ts";
import { ROLES, SCOPES } from "../../contract/levels.ts";
import type {
  AccessRecords,
  ApplicationRecord,
  BoardRecord,
  SignInRecord,
  TokenRecord,
  UserRecord,
} from "../../core/access/access-records.ts";

export const ACCESS_FILE = "access.json";
/** Version 1 has native boards only. */
const FIRST_VERSION = 1;
export const ACCESS_VERSION = 2;

const instant = z.number().int();
const text = z.string();
// What a record has besides stays with it.
const used = { lastUsedAtMs: instant.exactOptional() };
const credential = { hash: text, createdAtMs: instant, expiresAtMs: instant.exactOptional(), ...used };

/**
 * A record is written as it is in memory, so each of its fields stands here by its stored name. One that gets another name in memory
 * does not compile any more: it then needs a mapping, since the name in the file may not change.
 */
type FieldsOf<Kept> = { readonly [Name in keyof Required<Kept>]: z.ZodType };

const user = { id: text, name: text, role: z.enum(ROLES), password: text, createdAtMs: instant };
const signIn = { hash: text, userId: text, createdAtMs: instant, lastUsedAtMs: instant };
const token = { id: text, name: text, scope: z.enum(SCOPES), ...credential };
const options = {
  fullTopic: text.exactOptional(),
  prefixes: z.tuple([text, text, text]).readonly().exactOptional(),
  groups: z.array(text).readonly().exactOptional(),
  clientId: text.exactOptional(),
  prefix: text.exactOptional(),
};
const board = {
  deviceId: text,
  adopted: text.exactOptional(),
  family: z.enum(CREDENTIAL_FAMILIES).exclude(["native"]).exactOptional(),
  name: text.exactOptional(),
  options: z.looseObject(options satisfies FieldsOf<TopicOptions>).exactOptional(),
  userName: text.exactOptional(),
  ...credential,
};
const application = { id: text, name: text, publish: z.array(text), subscribe: z.array(text), ...credential };

const format = z.looseObject({
  version: z.literal([FIRST_VERSION, ACCESS_VERSION]),
  /** By it the key that belongs to these records is known; files of the first days have none. */
  keyCheck: text.exactOptional(),
  users: z.array(z.looseObject(user satisfies FieldsOf<UserRecord>)),
  signIns: z.array(z.looseObject(signIn satisfies FieldsOf<SignInRecord>)),
  tokens: z.array(z.looseObject(token satisfies FieldsOf<TokenRecord>)),
  boards: z.array(z.looseObject(board satisfies FieldsOf<BoardRecord>)),
  applications: z.array(z.looseObject(application satisfies FieldsOf<ApplicationRecord>)),
});

export interface AccessText {
  readonly records: AccessRecords;
  readonly keyCheck: string | undefined;
}

/** Throws an Error that says what is wrong, and where. */
export function parseAccess(content: string): AccessText {
  const read = format.safeParse(JSON.parse(content));
  if (!read.success) {
    const [first] = read.error.issues;
    throw new Error(`${first?.path.join(".") || "the whole"}: ${first?.message}`);
  }
  const { version: _, keyCheck, ...records } = read.data;
  return { records, keyCheck };
}

export function formatAccess({ records, keyCheck }: AccessText): string {
  const { users, signIns, tokens, boards, applications, ...others } = records;
  return `${JSON.stringify({ version: ACCESS_VERSION, keyCheck, users, signIns, tokens, boards, applications, ...others })}\n`;
}
