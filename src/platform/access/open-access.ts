/** Opens accounts, credentials and pairing together. */
import { type AccessBook, createAccessBook } from "../../core/access/access-book.ts";
import type { BoardRecord } from "../../core/access/access-records.ts";
import { type Accounts, createAccounts } from "../../core/access/accounts.ts";
import { type Credentials, createCredentials } from "../../core/access/credentials.ts";
import { createLoginDelay } from "../../core/access/login-delay.ts";
import { nameIn } from "../../core/access/mqtt-login.ts";
import { createPairing, type Pairing, type Quarantine } from "../../core/access/pairing.ts";
import { createTabletAccess, type TabletAccess } from "../../core/access/tablet/tablet-access.ts";
import { createUnclaimedHub, UNCLAIMED, type UnclaimedHub } from "../../core/access/unclaimed/unclaimed-hub.ts";
import type { BoardCredentials } from "../../core/devices/board-replacement.ts";
import { isMeant, type RevokedCredential } from "../../core/hardware/hardware-record.ts";
import { withoutRevoked } from "../../core/hardware/without-revoked.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { TrustedTime } from "../../core/time/trusted-time.ts";
import { openAccessFile } from "./access-file.ts";
import { createPasswords } from "./passwords.ts";
import { createSecrets } from "./secrets.ts";

export interface Access {
  readonly accounts: Accounts;
  readonly tablets: TabletAccess;
  readonly credentials: Credentials;
  readonly pairing: Pairing;
  /** For replacements of boards. */
  readonly boards: BoardCredentials;
  readonly unclaimed: Pick<UnclaimedHub, "isOpen">;
  /** In words for the owner, while accounts cannot be written. */
  problem(): string | undefined;
  /** From now on `parts` are notified of what ends. They ask for accounts themselves, so they are opened later. */
  onEnded(parts: EndedAccess): void;
  close(): Promise<void>;
}

/** Parts that keep connections open which were let in by an account or a credential. */
export interface EndedAccess {
  /** Sign-ins and tokens that were revoked or have expired. */
  readonly signIns: (keys: readonly string[]) => void;
  /** A board or an application whose credential was revoked or has expired. */
  readonly credential: (owner: string) => void;
}

export interface AccessOptions {
  readonly dataDir: string;
  /** Clients will connect: the key of their secrets must be on disk before. */
  readonly isHub: boolean;
  /** While there is no account, callers on this computer are let in. Left out: they are not. */
  readonly isUnclaimedOpen?: boolean;
  readonly clock: Clock;
  readonly time: TrustedTime;
  readonly log: Log;
  /** Whether the credential of this board, made then, is not valid any more. Left out: all are. */
  readonly isRevoked?: (deviceId: string, madeAtMs: number) => boolean;
}

/** Rejects with a StartError where the file of accounts cannot be read. */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const { dataDir, isHub, isUnclaimedOpen = false, clock, time, log, isRevoked = () => false } = options;
  const notified: EndedAccess[] = [];
  const file = openAccessFile({ dataDir, log });
  if (isHub) {
    await file.saveKey().catch((cause: Error) => {
      log.error("the key of accounts could not be saved; the hub tries again when an account or secret is made", {
        reason: cause.message,
      });
    });
  }
  const secrets = createSecrets(file.key);
  const isInForce = ({ deviceId, createdAtMs }: BoardRecord): boolean => !isRevoked(deviceId, createdAtMs);
  const whole: AccessBook = createAccessBook({ store: file, clock, log, isInForce });
  const book = withoutRevoked(whole, isInForce);
  const delay = createLoginDelay({ clock });
  const passwords = createPasswords();
  const unclaimed = createUnclaimedHub({
    isAllowed: isHub && isUnclaimedOpen,
    hasAccount: () => book.users().length > 0,
  });
  const ended: EndedAccess = {
    signIns: (keys) => {
      for (const { signIns } of notified) signIns(keys);
    },
    credential: (owner) => {
      for (const { credential } of notified) credential(owner);
    },
  };
  const credentials = createCredentials({
    unclaimed,
    book,
    secrets,
    passwords: createPasswords(),
    delay: createLoginDelay({ clock }),
    clock,
    time,
    onEnded: ended.credential,
  });
  const pairing = createPairing({ clock, makeId: secrets.id });
  const accounts = createAccounts({
    book,
    secrets,
    passwords,
    delay,
    clock,
    time,
    onEnded: ended.signIns,
    onClaimed: () => {
      unclaimed.claim();
      ended.signIns([UNCLAIMED]);
      ended.credential(UNCLAIMED);
    },
  });
  const meant = (revoked: RevokedCredential): BoardRecord | undefined => {
    const { hardwareId } = revoked;
    const board = whole.board(hardwareId);
    return board && isMeant(revoked, { hardwareId, madeAtMs: board.createdAtMs }) ? board : undefined;
  };
  const boards: BoardCredentials = {
    madeAtMs: (hardwareId) => book.board(hardwareId)?.createdAtMs,
    end: ended.credential,
    mayReturn: (revoked) => {
      const board = meant(revoked);
      return board === undefined || credentials.mayReturn(board);
    },
    remove: async (revoked) => {
      if (meant(revoked) !== undefined) await whole.removeBoard(revoked.hardwareId);
    },
  };
  return {
    boards,
    accounts,
    tablets: createTabletAccess({ accounts, secrets, delay }),
    credentials,
    pairing,
    unclaimed,
    problem: book.problem,
    onEnded: (parts) => void notified.push(parts),
    close: async () => {
      pairing.stop();
      credentials.close();
      await book.close();
    },
  };
}

/** A device that has a secret never waits: a client in its name without the secret is refused. */
export const quarantineOf =
  ({ credentials, pairing }: Access): Quarantine =>
  (login, end) =>
    credentials.hasBoard(login.clientId) || credentials.hasBoard(nameIn(login)) ? undefined : pairing.wait(login, end);
