/** Opens parts in order and closes them in reverse, once, even where one fails to close. */
import type { Log } from "../core/ports/log.ts";

export interface Lifecycle {
  /** Registers a part that was just opened, to be closed later. */
  own<Part extends { close(): void | Promise<void> }>(name: string, part: Part): Part;
  /** The second call waits for the first. */
  close(): Promise<void>;
}

export function createLifecycle(log: Log): Lifecycle {
  const opened: { name: string; close: () => void | Promise<void> }[] = [];
  let closing: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    for (const { name, close } of opened.reverse()) {
      try {
        await close();
      } catch (cause) {
        log.error("a part of the hub could not be closed", { part: name, cause });
      }
    }
  }

  return {
    own: (name, part) => {
      opened.push({ name, close: () => part.close() });
      return part;
    },
    close: () => (closing ??= closeAll()),
  };
}
