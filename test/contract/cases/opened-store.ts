/** How a suite comes to a store of its own, whatever the engine. */
import type { Store } from "../../../src/core/ports/readings-store.ts";

export interface OpenedStore {
  readonly store: Store;
  /** Packs readings into segments, in which the time of receipt is kept to the second. */
  readonly seals: boolean;
  /** Makes copies of itself; of a server, its own tools do. */
  readonly backsUp: boolean;
  /** Closes the store and opens it again on what is on disk. */
  reopen(): Promise<Store>;
  /** Closes it and takes its files away. */
  dispose(): Promise<void>;
}

export type Start = () => Promise<OpenedStore>;
