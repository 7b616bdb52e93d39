/** Gathers writes: those of one turn, and those that come while the one before is under way, are one transaction. */
import type { Clock } from "../../../core/ports/clock.ts";
import type { HubChange } from "../../../core/ports/hub-file.ts";
import { StoreError } from "../../../core/ports/readings-store.ts";

export interface WriteGroups {
  write(changes: readonly HubChange[]): Promise<void>;
  /** What is written from now on is carried out after what the caller asks next. */
  end(): void;
}

export interface WriteGroupsOptions {
  readonly clock: Clock;
  /** Runs one task after the other. */
  readonly run: (task: () => Promise<void>) => Promise<void>;
  /** For each call why it was refused; rejects with a StoreError if none was carried out. */
  readonly send: (calls: readonly (readonly HubChange[])[]) => Promise<readonly (string | undefined)[]>;
}

/** As long as a message waits for the store. */
export const GIVE_UP_AFTER_MS = 10_000;

interface Call {
  readonly changes: readonly HubChange[];
  readonly isSettled: () => boolean;
  readonly settle: (error: StoreError | undefined) => void;
}

export function createWriteGroups({ clock, run, send }: WriteGroupsOptions): WriteGroups {
  let open: Call[] | undefined;

  function write(changes: readonly HubChange[]): Promise<void> {
    if (changes.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      let isSettled = false;
      const settle = (error: StoreError | undefined): void => {
        if (isSettled) return;
        isSettled = true;
        cancel();
        if (error === undefined) resolve();
        else reject(error);
      };
      // What is under way then may still become durable; who wrote it writes it again.
      const cancel = clock.after(GIVE_UP_AFTER_MS, () => settle(new StoreError(TOO_SLOW, true)));
      groupOfNow().push({ changes, isSettled: () => isSettled, settle });
    });
  }

  function groupOfNow(): Call[] {
    if (open !== undefined) return open;
    const group: Call[] = [];
    open = group;
    void run(async () => {
      await new Promise<void>((resolve) => clock.soon(resolve));
      if (open === group) open = undefined;
      await sendGroup(group.filter((call) => !call.isSettled()));
    });
    return group;
  }

  async function sendGroup(group: readonly Call[]): Promise<void> {
    if (group.length === 0) return;
    try {
      const refused = await send(group.map(({ changes }) => changes));
      for (const [index, call] of group.entries()) {
        const reason = refused[index];
        call.settle(reason === undefined ? undefined : new StoreError(reason, false));
      }
    } catch (error) {
      for (const call of group) call.settle(error instanceof StoreError ? error : new StoreError(String(error), true));
    }
  }

  return {
    write,
    end: () => {
      open = undefined;
    },
  };
}

const TOO_SLOW = `the disk is too slow: what was to be written into hub.db was not durable within ${GIVE_UP_AFTER_MS / 1_000} s`;
