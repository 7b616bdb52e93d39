/** Opens what notifies people of alerts: channels, what sends to each kind of them, and what is kept until it arrived. */
import type { AlertEngine, RuleBook, SilenceBook } from "../core/alerts/alert-types.ts";
import type { Dialects } from "../core/dialects/dialect.ts";
import { createChannelBook } from "../core/notifications/channel-book.ts";
import { createHeartbeat } from "../core/notifications/heartbeat.ts";
import type { ChannelBook } from "../core/notifications/notification-types.ts";
import { createNotifications, type OpenedNotifications } from "../core/notifications/notifications.ts";
import type { Live } from "../live/live.ts";
import { type ChannelAdapters, openChannelAdapters } from "../notify/channel-adapters.ts";
import { createMqttChannel, type PublishMessage } from "../notify/mqtt-channel.ts";
import { createPageChannel } from "../notify/page-channel.ts";
import type { Access } from "../platform/access/open-access.ts";
import { createSecrets } from "../platform/access/secrets.ts";
import { ownAddresses } from "../platform/own-hosts.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Listeners } from "./listeners.ts";
import type { Storage } from "./open-storage.ts";

export interface NotificationsOptions extends PartOptions {
  readonly storage: Pick<Storage, "hubFile" | "keptOfHub">;
  readonly dialects: Pick<Dialects, "claimedBy">;
  readonly live: Pick<Live, "notify">;
  readonly listeners: Pick<Listeners, "portOf">;
  /** Undefined: there are no accounts. */
  readonly access: Access | undefined;
  readonly rules: RuleBook;
  readonly silences: SilenceBook;
  /** It is opened after this. */
  readonly engine: () => AlertEngine;
}

export interface NotificationParts {
  readonly channels: ChannelBook;
  readonly adapters: ChannelAdapters;
  readonly notifications: OpenedNotifications;
  /** Once: from now on messages are sent. */
  startNotifying(publish: PublishMessage, isReady: () => boolean): void;
}

const WIRES = ["http", "mqtt", "mqtts"] as const;

export function openNotifications(options: NotificationsOptions): NotificationParts {
  const { config, clock, log, own, storage, dialects, live, listeners, access, rules, silences, engine } = options;
  const { hubFile, keptOfHub } = storage;
  const { records: stored } = keptOfHub;
  const { publicUrl } = config;
  const readers = { claimedBy: dialects.claimedBy };
  const channels = createChannelBook({ hubFile, stored, readers, clock, log });
  let publish: PublishMessage = () => undefined;
  const adapters = own(
    "channels",
    openChannelAdapters({
      ...{ clock, log, hubFile, stored, publicUrl },
      own: { ports: () => WIRES.map(listeners.portOf), addresses: ownAddresses },
      pushHosts: config.pushHosts,
      channels: channels.list,
      onAcknowledge: async (alertId, by, episode) => {
        const alert = engine().get(alertId);
        if (alert === undefined || (episode !== undefined && alert.episode !== episode)) return false;
        return (await engine().acknowledge(alertId, by, undefined)) === "done";
      },
      isAccount: (name) => access === undefined || access.accounts.users().some((user) => user.name === name),
      mqtt: createMqttChannel((...message) => publish(...message), readers),
      pages: createPageChannel(live.notify),
    }),
  );
  const notifications = own(
    "notifications",
    createNotifications({
      ...{ hubFile, stored, channels, rules, publicUrl, clock, log },
      isBlocked: ({ alertId, ruleId, deviceId }) =>
        silences.untilMs(ruleId, deviceId) !== undefined || engine().isExplained(alertId),
      send: (message, { settings }) => adapters.of(settings.kind).send(message, settings),
      acknowledge: (alertId, by) => engine().acknowledge(alertId, by, undefined),
      silence: async (fields, by) => ((await silences.add(fields, by)).kind === "full" ? "full" : "done"),
      secrets: createSecrets(new Uint8Array()),
      random: Math.random,
    }),
  );

  function startNotifying(publishNow: PublishMessage, isReady: () => boolean): void {
    publish = publishNow;
    engine().onChange(notifications.lookAgain);
    adapters.start();
    notifications.start();
    const { heartbeatUrl } = config;
    if (heartbeatUrl === "") return;
    own("heartbeat", createHeartbeat({ call: () => adapters.heartbeat(heartbeatUrl), isWell: isReady, clock, log }));
  }

  return { channels, adapters, notifications, startNotifying };
}
