/** The test page's MQTT part: one connection over WebSocket, and each packet of it. It never reconnects. */
import type { MqttClient } from "mqtt";
import { reasonText } from "../../src/contract/reason-codes.ts";
import { createEventList } from "./event-list.ts";
import { findElement } from "./find-element.ts";
import { packetWords } from "./packet-words.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const DISCONNECTED = "disconnected";

const form = findElement("mqtt-connection", HTMLFormElement);
const url = findElement("mqtt-url", HTMLInputElement);
const version = findElement("mqtt-version", HTMLSelectElement);
const clientId = findElement("mqtt-client", HTMLInputElement);
const user = findElement("mqtt-user", HTMLInputElement);
const password = findElement("mqtt-password", HTMLInputElement);
const connect = findElement("mqtt-connect", HTMLButtonElement);
const disconnect = findElement("mqtt-disconnect", HTMLButtonElement);
const subscription = findElement("mqtt-subscription", HTMLFormElement);
const filter = findElement("mqtt-filter", HTMLInputElement);
const filterQos = findElement("mqtt-filter-qos", HTMLSelectElement);
const message = findElement("mqtt-message", HTMLFormElement);
const topic = findElement("mqtt-topic", HTMLInputElement);
const payload = findElement("mqtt-payload", HTMLTextAreaElement);
const messageQos = findElement("mqtt-message-qos", HTMLSelectElement);
const retain = findElement("mqtt-retain", HTMLInputElement);
const status = findElement("mqtt-status", HTMLElement);
const packets = createEventList(findElement("mqtt-packets", HTMLOListElement), findElement("mqtt-count", HTMLElement));

let client: MqttClient | undefined;

// A page opened as a file belongs to no hub.
url.value = location.origin.startsWith("http")
  ? `${location.origin.replace("http", "ws")}/mqtt`
  : "ws://localhost:3000/mqtt";
clientId.value = `test-page-${Math.random().toString(36).slice(2, 8)}`;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void open();
});
disconnect.addEventListener("click", close);
findElement("mqtt-clear", HTMLButtonElement).addEventListener("click", packets.clear);
subscription.addEventListener("submit", (event) => {
  event.preventDefault();
  client?.subscribe(filter.value, { qos: qosOf(filterQos) }, ignored);
});
findElement("mqtt-unsubscribe", HTMLButtonElement).addEventListener("click", () => {
  client?.unsubscribe(filter.value, ignored);
});
message.addEventListener("submit", (event) => {
  event.preventDefault();
  client?.publish(topic.value, payload.value, { qos: qosOf(messageQos), retain: retain.checked }, ignored);
});

/** Packets are shown as they come; showing the error as well would repeat it. */
function ignored(): void {}

async function open(): Promise<void> {
  connect.disabled = true;
  say("connecting", "loading mqtt.js…");
  try {
    // Larger than the whole dashboard: loaded only when it is needed.
    const { default: mqtt } = await import("mqtt");
    const opened = mqtt.connect(url.value, {
      protocolVersion: version.value === "5" ? 5 : 4,
      clientId: clientId.value,
      // MQTT 3.1.1 knows no password without a user name. [MQTT-3.1.2-22]
      ...(user.value !== "" && { username: user.value }),
      ...(password.value !== "" && { password: password.value }),
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      manualConnect: true, // or CONNECT would be gone before anybody listens
      timerVariant: "native", // the other one is a worker made of text, which the hub's content policy forbids
    });
    client = opened;
    disconnect.disabled = false;
    say("connecting", `connecting to ${url.value}…`);
    follow(opened);
    opened.connect();
  } catch (error) {
    ended(`not connected: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function follow(opened: MqttClient): void {
  // A browser says no more of a WebSocket that did not open.
  let words = `not connected: ${url.value} does not answer, or refuses pages of this origin (AERIE_CORS_ORIGINS)`;
  opened.on("packetsend", (packet) => show("→", packet));
  opened.on("packetreceive", (packet) => show("←", packet));
  opened.on("connect", () => {
    words = DISCONNECTED;
    say("connected", `connected with MQTT ${version.value}`);
    setUsable(true);
  });
  opened.on("error", (error) => {
    words = error.message;
  });
  opened.on("disconnect", ({ reasonCode = 0 }) => {
    words = `the broker closed the connection: ${reasonText(reasonCode)}`;
  });
  opened.on("close", () => {
    if (client === opened) ended(words);
  });
}

function ended(words: string): void {
  client = undefined;
  connect.disabled = false;
  disconnect.disabled = true;
  setUsable(false);
  say(words === DISCONNECTED ? "disconnected" : "failed", words);
}

function close(): void {
  // Otherwise mqtt.js puts DISCONNECT off until everything is acknowledged, which may be never.
  for (const packetId of Object.keys(client?.outgoing ?? {})) client?.removeOutgoingMessage(Number(packetId));
  client?.end();
}

function show(direction: "→" | "←", packet: Parameters<typeof packetWords>[0]): void {
  const { text, isError } = packetWords(packet);
  packets.add({ kind: packet.cmd, name: `${direction} ${packet.cmd.toUpperCase()}`, text, isError });
}

function setUsable(usable: boolean): void {
  for (const fields of document.querySelectorAll<HTMLFieldSetElement>("fieldset[data-needs-connection]")) {
    fields.disabled = !usable;
  }
}

function say(state: "connecting" | "connected" | "disconnected" | "failed", words: string): void {
  status.dataset["status"] = state;
  status.textContent = words;
}

const qosOf = ({ value }: HTMLSelectElement): 0 | 1 | 2 => (value === "2" ? 2 : value === "1" ? 1 : 0);
