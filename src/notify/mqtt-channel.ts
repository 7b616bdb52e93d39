/** The channel `mqtt`: messages about alerts as JSON on a topic of the owner's, which no board uses. */
import { type TopicReaders, topicFault } from "../core/notifications/channel-faults.ts";
import type { ChannelAdapter } from "../core/ports/alert-channel.ts";
import { jsonBody } from "./webhook/json-body.ts";

/** A message of the hub itself. */
export type PublishMessage = (topic: string, payload: Uint8Array, how: { readonly qos: 1 }) => void;

/** Each message is published with QoS 1, and not retained: what fires is in `aerie/alerts/…`. */
export const createMqttChannel = (publish: PublishMessage, readers: TopicReaders): ChannelAdapter => ({
  send: (message, settings) => {
    if (settings.kind !== "mqtt") return Promise.resolve({ kind: "refused", reason: "it is no channel of MQTT" });
    // A mapping may have come that reads it.
    const fault = topicFault(settings.topic, readers);
    if (fault !== undefined) return Promise.resolve({ kind: "refused", reason: `${settings.topic}: ${fault}` });
    // Whoever may read the topic may not acknowledge by that.
    const { acknowledgeUrl: _, ...body } = message;
    publish(settings.topic, new TextEncoder().encode(JSON.stringify(jsonBody(body))), { qos: 1 });
    return Promise.resolve({ kind: "sent" });
  },
  close: () => undefined,
});
