/** Publishes a last will as any other message of its client. Decides nothing about when. [MQTT-3.1.2-8] */
import type { Intake } from "../../core/ingest/intake.ts";
import type { Journal } from "../journal/journal.ts";
import type { Router } from "../routing/router.ts";
import type { WillsOptions } from "./wills.ts";

export interface WillPublisherOptions {
  readonly intake: Intake;
  readonly router: Router;
  readonly journal: Journal;
}

export function createWillPublisher({ intake, router, journal }: WillPublisherOptions): WillsOptions["publish"] {
  return (connection, will, done) => {
    const { topic, payload, qos, retain } = will;
    intake.accept({ connection, topic, payload, qos, retain, dup: false, packetId: undefined }, (outcome) => {
      if (outcome === "stalled") return done(false);
      const isNoted = outcome !== "refuse" && router.publish(will, undefined).isNoted;
      // Where the store is away it is written later, before the will itself is forgotten.
      if (isNoted) journal.settle(() => done(true));
      else done(true);
    });
  };
}
