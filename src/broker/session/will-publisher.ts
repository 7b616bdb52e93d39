/** Publishes a last will like any other message of its client. [MQTT-3.1.2-8] */
import type { Intake } from "../../core/ingest/intake.ts";
import type { MessageTraces } from "../../core/messages/message-trace.ts";
import type { Journal } from "../journal/journal.ts";
import type { Router } from "../routing/router.ts";
import { publishUnderBoth } from "../routing/under-both.ts";
import type { WillsOptions } from "./wills.ts";

export interface WillPublisherOptions {
  readonly intake: Intake;
  readonly traces: MessageTraces;
  readonly router: Router;
  readonly journal: Journal;
}

export function createWillPublisher({
  intake,
  traces,
  router,
  journal,
}: WillPublisherOptions): WillsOptions["publish"] {
  return (connection, will, done) => {
    const { topic, payload, qos, retain } = will;
    const trace = traces.begin(will, connection.clientId);
    const message = { connection, topic, payload, qos, retain, dup: false, packetId: undefined, trace };
    intake.accept(message, (outcome, code, alsoUnder) => {
      trace?.ended(outcome, code);
      if (outcome === "stalled") return done(false);
      const isNoted = outcome !== "refuse" && publishUnderBoth({ router, traces }, will, alsoUnder, undefined).isNoted;
      // If the store is away this is written later, and before the will is deleted.
      if (isNoted) journal.settle(() => done(true));
      else done(true);
    });
  };
}
