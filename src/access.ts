/** Opens what knows people, tokens and credentials, or nothing where the settings say that there are none. Judges nobody. */
import { type AccessBook, createAccessBook } from "./core/access-book.ts";
import { type Accounts, createAccounts } from "./core/accounts.ts";
import { type Credentials, createCredentials, nameIn } from "./core/credentials.ts";
import { createLoginDelay } from "./core/login-delay.ts";
import { createPairing, type Pairing, type Quarantine } from "./core/pairing.ts";
import type { Clock, Log } from "./core/ports.ts";
import { openAccessFile } from "./platform/access-file.ts";
import { createPasswords } from "./platform/passwords.ts";
import { createSecrets } from "./platform/secrets.ts";

export interface Access {
  readonly accounts: Accounts;
  readonly credentials: Credentials;
  readonly pairing: Pairing;
  close(): Promise<void>;
}

export interface AccessOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Sign-ins and tokens that are worth nothing any more. */
  readonly onSignInsEnded: (keys: readonly string[]) => void;
  /** A board, or an application, whose credential is. */
  readonly onCredentialEnded: (owner: string) => void;
}

/** Throws a StartError where the file of accounts cannot be read. */
export function openAccess({ dataDir, clock, log, onSignInsEnded, onCredentialEnded }: AccessOptions): Access {
  const file = openAccessFile(dataDir);
  const secrets = createSecrets(file.key);
  const book: AccessBook = createAccessBook({ store: file, clock, log });
  const delay = createLoginDelay({ clock });
  const passwords = createPasswords();
  const credentials = createCredentials({
    book,
    secrets,
    passwords: createPasswords(),
    delay: createLoginDelay({ clock }),
    clock,
    onEnded: onCredentialEnded,
  });
  const pairing = createPairing({ clock, makeId: secrets.id });
  return {
    accounts: createAccounts({ book, secrets, passwords, delay, clock, onEnded: onSignInsEnded }),
    credentials,
    pairing,
    close: async () => {
      pairing.stop();
      credentials.close();
      await book.close();
      await file.close();
    },
  };
}

/** A device that has a secret never waits: whoever comes in its name without it is refused. */
export const quarantineOf =
  ({ credentials, pairing }: Access): Quarantine =>
  (login, end) =>
    credentials.hasBoard(login.clientId) || credentials.hasBoard(nameIn(login)) ? undefined : pairing.wait(login, end);
