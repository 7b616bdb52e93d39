/** Ends the process in order: with 0 after a signal, with 1 and within 5 s after a fault. */
import { messageOf } from "../core/model/message-of.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Log } from "../core/ports/log.ts";

interface Closable {
  close(): Promise<void>;
}

export interface ProcessEnd {
  /** The same promise. Signals close what it gives, and so does a fault. */
  closes<Part extends Closable>(opening: Promise<Part>): Promise<Part>;
  /** Going on would be unsafe: closes what is open, so that what was accepted is finished, and exits with 1. */
  giveUp(event: string, cause: unknown): void;
}

export interface ProcessEndOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Writes what the log and stderr still hold, as long as that takes and at most so long. */
  readonly flush: (withinMs: number) => Promise<void>;
  /** A line for stderr: the log may be what fails. */
  readonly say: (line: string) => void;
}

/** A closed terminal (SIGHUP) and Ctrl-\ (SIGQUIT) ask for the same as Ctrl-C and a supervisor. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
export const FLUSH_WITHIN_MS = 1_000;
/** After a fault, what is not closed by then is left as it is. */
const CLOSE_WITHIN_MS = 3_800;
const END_WITHIN_MS = 4_900;

/** From now on uncaught fault ends the process in order. */
export function createProcessEnd({ clock, log, flush, say }: ProcessEndOptions): ProcessEnd {
  let opened: Promise<Closable | undefined> = Promise.resolve(undefined);
  let isGivingUp = false;
  process.on("uncaughtException", (cause) => giveUp("uncaught fault", cause));
  process.on("unhandledRejection", (cause) => giveUp("uncaught promise rejection", cause));

  function closes<Part extends Closable>(opening: Promise<Part>): Promise<Part> {
    opened = opening.catch(() => undefined); // the caller reports the reason
    return opening.then((part) => {
      for (const signal of SIGNALS) process.on(signal, () => void stop(signal, part));
      return part;
    });
  }

  async function stop(signal: string, part: Closable): Promise<void> {
    log.info("stopping", { signal }); // a second signal waits for the first
    await part.close();
    if (isGivingUp) return;
    log.info("stopped");
    await flush(FLUSH_WITHIN_MS);
    process.exit(0); // everything durable is closed: a remaining timer must not delay the end
  }

  function giveUp(event: string, cause: unknown): void {
    tryTo(() => log.error(event, { cause }));
    if (isGivingUp) return;
    isGivingUp = true;
    tryTo(() => say(`The hub cannot continue: ${messageOf(cause)}. Its log says more. Start it again.\n`));
    clock.after(END_WITHIN_MS, () => process.exit(1));
    void closeAndFlush().finally(() => process.exit(1));
  }

  async function closeAndFlush(): Promise<void> {
    const closed = opened.then(async (part) => part?.close()).then(() => true);
    const isLate = new Promise<void>((resolve) => void clock.after(CLOSE_WITHIN_MS, resolve));
    const isClosed = await Promise.race([closed, isLate.then(() => false)]).catch(() => false);
    if (isClosed) log.info("stopped");
    else log.error("not everything could be closed", { withinMs: CLOSE_WITHIN_MS });
    await flush(FLUSH_WITHIN_MS);
  }

  return { closes, giveUp };
}

/** Whatever fails meanwhile, the process ends. */
function tryTo(run: () => void): void {
  try {
    run();
  } catch {
    // there is nothing left to say it with
  }
}
