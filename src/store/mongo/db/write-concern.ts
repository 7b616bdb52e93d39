/** How writes are acknowledged: when they are on disk, and in a replica set on most members. */
import type { Db, Document } from "mongodb";

/** As the driver takes it. */
export interface DurableConcern {
  readonly w: 1 | "majority";
  readonly journal: true;
}

/**
 * By the server's answer to `hello`. A server outside a replica set acknowledges `w: "majority"` before the write is in its journal, in spite
 * of `j: true`: of MongoDB 8.2.6, 20 of 70 kills lost acknowledged writes so, and none of 140 with `w: 1` (docs/decisions/0011).
 */
export function durableConcern(hello: Document): DurableConcern {
  const isAlone = hello["setName"] === undefined && hello["msg"] !== MONGOS;
  return { w: isAlone ? 1 : "majority", journal: true };
}

/** What a router of a sharded cluster says of itself. */
const MONGOS = "isdbgrid";

/** The same for a plain command, which takes over nothing from its database. */
export const concernOfCommand = ({ writeConcern }: Pick<Db, "writeConcern">, wtimeout: number) => ({
  w: writeConcern?.w ?? "majority",
  j: true,
  wtimeout,
});
