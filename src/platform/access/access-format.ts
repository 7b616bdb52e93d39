/** The text of the file of accounts: written, and read with every record checked. Opens no file. */
import { z } from "zod";
import { ROLES, SCOPES } from "../../contract/levels.ts";
import type { AccessRecords } from "../../core/access/access-records.ts";

const VERSION = 1;

const instant = z.number().int();
const text = z.string();
// What a record has besides stays with it.
const used = { lastUsedAtMs: instant.exactOptional() };
const credential = { hash: text, createdAtMs: instant, expiresAtMs: instant.exactOptional(), ...used };

const format = z.looseObject({
  version: z.literal(VERSION),
  /** By it the key that belongs to these records is known; files of the first days have none. */
  keyCheck: text.exactOptional(),
  users: z.array(z.looseObject({ id: text, name: text, role: z.enum(ROLES), password: text, createdAtMs: instant })),
  signIns: z.array(z.looseObject({ hash: text, userId: text, createdAtMs: instant, lastUsedAtMs: instant })),
  tokens: z.array(z.looseObject({ id: text, name: text, scope: z.enum(SCOPES), ...credential })),
  boards: z.array(z.looseObject({ deviceId: text, adopted: text.exactOptional(), ...credential })),
  applications: z.array(
    z.looseObject({ id: text, name: text, publish: z.array(text), subscribe: z.array(text), ...credential }),
  ),
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

export const formatAccess = ({ records, keyCheck }: AccessText): string =>
  `${JSON.stringify({ version: VERSION, keyCheck, ...records })}\n`;
