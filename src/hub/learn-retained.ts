/** Lets dialects learn from what boards had announced, and the broker kept, before this hub understood them. */
import type { LearnedBook } from "../core/dialects/learned-book.ts";
import { type RetainedMessage, retainedGaps } from "../core/dialects/retained-gaps.ts";
import type { Journal } from "../core/ports/broker-state.ts";
import type { HubFile } from "../core/ports/hub-file.ts";
import { createDialects } from "../dialects/dialects.ts";
import { FAMILY_DIALECTS } from "../dialects/families.ts";
import type { Access } from "../platform/access/open-access.ts";
import { inflate } from "../platform/inflate.ts";
import type { PartOptions } from "./hub-options.ts";

export interface LearnRetainedOptions extends Pick<PartOptions, "clock" | "log"> {
  readonly learned: LearnedBook;
  readonly hubFile: Pick<HubFile, "write">;
  /** Undefined: there are no accounts. */
  readonly access: Access | undefined;
}

/** Takes what the broker keeps. Returns at once; what is found is known some milliseconds later. */
export type LearnRetained = (journal: Pick<Journal, "retained">) => void;

export function createLearnRetained({ clock, log, learned, hubFile, access }: LearnRetainedOptions): LearnRetained {
  async function learn(journal: Pick<Journal, "retained">): Promise<void> {
    const dialects = createDialects(FAMILY_DIALECTS.map((create) => create({ inflate })));
    const identityOf = access?.credentials.identityOf;
    const { write } = hubFile;
    const descriptions = await retainedGaps(messagesOf(journal), { dialects, learned, write, identityOf, clock });
    if (descriptions > 0) log.info("boards are known from their retained messages", { descriptions });
  }

  return (journal) => {
    // Not serious: boards that announce themselves again are known then.
    learn(journal).catch((cause: unknown) => log.warn("retained messages could not be learned from", { cause }));
  };
}

function* messagesOf({ retained }: Pick<Journal, "retained">): Iterable<RetainedMessage> {
  for (const { topic, value } of retained) yield { topic, payload: value.payload, publisher: value.publisher };
}
