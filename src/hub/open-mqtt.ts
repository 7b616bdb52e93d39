/** Opens the MQTT broker, with what it asks of ingest, accounts, time and the store. */
import { type Broker, openBroker } from "../broker/broker.ts";
import type { Registry } from "../core/devices/registry.ts";
import type { DamageNotes } from "../core/health/damage.ts";
import type { Refusals } from "../core/limits/refusals.ts";
import type { MessageTraces } from "../core/messages/message-trace.ts";
import type { Counters } from "../core/ports/counters.ts";
import type { TlsSource } from "../core/ports/tls.ts";
import type { PresenceBook } from "../core/presence/presence-book.ts";
import type { TrustedTime } from "../core/time/trusted-time.ts";
import { type Access, quarantineOf } from "../platform/access/open-access.ts";
import type { SimulatorLogin } from "../platform/simulation/simulator-login.ts";
import type { PartOptions } from "./hub-options.ts";
import type { LearnRetained } from "./learn-retained.ts";
import type { Listeners } from "./listeners.ts";
import type { Ingest } from "./open-ingest.ts";
import type { Storage } from "./open-storage.ts";

export interface MqttOptions extends PartOptions {
  readonly storage: Storage;
  readonly ingest: Ingest;
  readonly registry: Registry;
  readonly presenceBook: PresenceBook;
  readonly refusals: Refusals;
  readonly traces: MessageTraces;
  readonly counters: Counters;
  readonly time: TrustedTime;
  readonly damage: DamageNotes;
  /** Undefined: there is no certificate. */
  readonly tls: TlsSource | undefined;
  /** Undefined: there are no accounts. */
  readonly access: Access | undefined;
  readonly simulatorLogin: SimulatorLogin;
  readonly listeners: Pick<Listeners, "portOf">;
  readonly learnRetained: LearnRetained;
}

export async function openMqtt(options: MqttOptions): Promise<Broker> {
  const { config, clock, log, own, storage, ingest, registry, refusals, counters, time, damage, tls, access } = options;
  const { listeners, presenceBook } = options;
  const broker = own(
    "broker",
    await openBroker({
      intake: ingest.intake,
      writer: ingest.writer,
      byteBudget: ingest.byteBudget,
      kept: storage.kept.journal,
      isKeptKnown: storage.isKeptKnown,
      refusals,
      traces: options.traces,
      counters,
      clock,
      time,
      log,
      limits: config,
      tls,
      authenticate: options.simulatorLogin.identify,
      identityOf: options.simulatorLogin.identityOf,
      onDamage: damage.note,
      quarantine: access && quarantineOf(access),
      suggest: access?.credentials.suggest,
      onConnectionClosed: registry.connectionClosed,
      httpLocation: () => ({ scheme: tls === undefined ? "http" : "https", port: listeners.portOf("http") }),
    }),
  );
  options.learnRetained(storage.kept.journal);
  storage.onReached(({ devices, journal }) => {
    registry.adopt(devices);
    presenceBook.compare(devices.flatMap(({ deviceId }) => registry.get(deviceId) ?? []));
    broker.adopt(journal);
    options.learnRetained(journal);
  });
  return broker;
}
