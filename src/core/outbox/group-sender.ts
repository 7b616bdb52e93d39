/** Sends groups of the outbox to the store, each once, and reports what the store refuses of them. */
import type { Log } from "../ports/log.ts";
import type { Outbox, RemoteStore, WaitingGroup } from "../ports/outbox.ts";
import { isPassing } from "../ports/readings-store.ts";
import type { WriteOutcome, WritesOfMessage } from "../ports/writes.ts";

export interface GroupSenderOptions {
  readonly remote: RemoteStore;
  readonly outbox: Pick<Outbox, "assign">;
  readonly log: Log;
  /** Acknowledged readings that the store refused. */
  readonly onRefused: (count: number) => void;
}

export interface GroupSender {
  /** Answers how many writes the group had. Rejects with a passing StoreError where the store did not take it. */
  send(group: WaitingGroup): Promise<number>;
}

const LOST = "they are not stored, and the board will not send them again";

export function createGroupSender({ remote, outbox, log, onRefused }: GroupSenderOptions): GroupSender {
  async function send(group: WaitingGroup): Promise<number> {
    try {
      const outcomes =
        group.assigned === undefined
          ? await remote.append(group.messages, (assigned) => outbox.assign(group, assigned))
          : await remote.repeat(group.assigned);
      countRefused(group.messages, outcomes);
    } catch (error) {
      if (isPassing(error)) throw error;
      await sendSingly(group, error);
    }
    return group.messages.reduce((sum, writes) => sum + writes.length, 0);
  }

  /** One message must not stop the others. */
  async function sendSingly({ messages, assigned }: WaitingGroup, cause: unknown): Promise<void> {
    log.error("MongoDB refused a group of the outbox; its messages are sent one by one", { cause });
    for (const [index, writes] of messages.entries()) {
      try {
        const outcomes = assigned?.outcomes[index];
        const said =
          outcomes === undefined
            ? await remote.append([writes])
            : await remote.repeat({ messages: [writes], outcomes: [outcomes] });
        countRefused([writes], said);
      } catch (error) {
        if (isPassing(error)) throw error;
        log.error(`MongoDB refused an acknowledged message: ${LOST}`, { cause: error });
        onRefused(writes.filter(({ kind }) => kind === "reading").length);
      }
    }
  }

  function countRefused(messages: readonly WritesOfMessage[], outcomes: readonly (readonly WriteOutcome[])[]): void {
    const refused = outcomes.flatMap((each, message) =>
      each.flatMap((outcome, element) =>
        outcome.kind === "refused" && messages[message]?.[element]?.kind === "reading" ? [outcome.reason] : [],
      ),
    );
    if (refused.length === 0) return;
    log.error(`MongoDB refused acknowledged readings: ${LOST}`, { count: refused.length, reason: refused[0] });
    onRefused(refused.length);
  }

  return { send };
}
