/** Decides where readings are read while the store may be away, and says what the answer lacks. */
import type { PartialAnswer } from "../../contract/rest.ts";
import type { Store } from "../ports/readings-store.ts";
import type { StoreAndForward } from "./store-and-forward.ts";

type Readable = Pick<Store, "readingsChunk" | "series">;

export interface ReadSource {
  readonly from: Readable;
  /** What the answer shows, and how much waits; left out: it shows everything. */
  readonly partial?: PartialAnswer;
}

/** `isPartWelcome`: the caller takes a part instead of a refusal. `forward` undefined: the store is never away. */
export function readSource(
  store: Readable,
  forward: Pick<StoreAndForward, "away" | "waiting"> | undefined,
  isPartWelcome: boolean,
): ReadSource {
  const away = forward?.away();
  if (forward === undefined || away === undefined) return { from: store };
  const { sinceMs, waiting, isDraining } = away;
  return {
    // While it is away the store refuses.
    from: isPartWelcome && !isDraining ? forward.waiting : store,
    partial: {
      shows: isDraining ? "stored" : "waiting",
      waiting: waiting.writes,
      since: new Date(sinceMs).toISOString(),
    },
  };
}
