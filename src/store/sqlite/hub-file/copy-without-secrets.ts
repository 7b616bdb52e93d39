/** A copy of `hub.db` for a backup that is to hold no secrets. Runs in the thread of `hub.db`. */
import { readFileSync, rmSync } from "node:fs";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";

/** Addresses, tokens and passwords of channels, what is on its way to them, and the keys of Web Push. */
const DELETE_SECRETS = `DELETE FROM record
  WHERE kind IN ('channel', 'notification', 'delivery', 'acknowledge-link', 'push-subscription')
     OR (kind = 'setting' AND record_id = 'vapid')`;

/** Nothing of what is deleted stays in a free page: the copy is a new file. */
export function copyWithoutSecrets(db: DatabaseSyncInstance, file: string): Uint8Array {
  const [whole, stripped] = [`${file}.copy`, `${file}.copy-without-secrets`];
  const remove = (): void => {
    for (const each of [whole, `${whole}-journal`, stripped]) rmSync(each, { force: true });
  };
  remove();
  try {
    db.prepare("VACUUM INTO ?").run(whole);
    const copy = new DatabaseSync(whole);
    try {
      copy.exec(DELETE_SECRETS);
      copy.prepare("VACUUM INTO ?").run(stripped);
    } finally {
      copy.close();
    }
    return new Uint8Array(readFileSync(stripped)); // a block of its own, which can be transferred
  } finally {
    remove();
  }
}
