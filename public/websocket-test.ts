/** The test page: connects to a hub as any Socket.IO client does and shows each event as it arrives. */
import { io, type Socket } from "socket.io-client";
import type { ConnectRefusal, HubToBrowser } from "../src/contract/live/events.ts";
import "./styles/tokens.css";
import "./styles/shell.css";
import "./styles/websocket-test.css";
import { createEventList } from "./test-page/event-list.ts";
import { findElement } from "./test-page/find-element.ts";
import "./test-page/mqtt-part.ts";

const form = findElement("connection", HTMLFormElement);
const url = findElement("url", HTMLInputElement);
const token = findElement("token", HTMLInputElement);
const connect = findElement("connect", HTMLButtonElement);
const disconnect = findElement("disconnect", HTMLButtonElement);
const clear = findElement("clear", HTMLButtonElement);
const status = findElement("status", HTMLElement);
const events = createEventList(findElement("events", HTMLOListElement), findElement("count", HTMLElement));

let socket: Socket<HubToBrowser> | undefined;

// A page opened as a file has the origin "null", which is no hub.
url.value = location.origin.startsWith("http") ? location.origin : "http://localhost:3000";

form.addEventListener("submit", (event) => {
  event.preventDefault();
  open(url.value);
});
disconnect.addEventListener("click", close);
clear.addEventListener("click", events.clear);

function open(address: string): void {
  close();
  const secret = token.value.trim();
  const opened: Socket<HubToBrowser> = io(address, {
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    forceNew: true, // the former connection may have had another token
    ...(secret !== "" && { auth: { token: secret } }),
  });
  socket = opened;
  say("connecting", `connecting to ${address}…`);
  opened.on("connect", () => say("connected", `connected as ${opened.id ?? "?"}`));
  opened.on("disconnect", (reason) => say("disconnected", `disconnected: ${reason}`));
  opened.on("connect_error", (error: Error & { data?: ConnectRefusal }) => {
    // After a refusal Socket.IO does not try again.
    if (opened.active) return say("failed", `not connected: ${error.message}. Trying again…`);
    close();
    say("failed", `refused: ${error.message}${error.data === undefined ? "" : ` (${error.data.code})`}`);
  });
  opened.onAny((event: string, ...values: unknown[]) =>
    events.add({ kind: event, name: event, text: values.map((value) => JSON.stringify(value)).join(", ") }),
  );
  connect.disabled = true;
  disconnect.disabled = false;
}

function close(): void {
  socket?.disconnect();
  socket?.removeAllListeners();
  socket = undefined;
  connect.disabled = false;
  disconnect.disabled = true;
  say("disconnected", "disconnected");
}

function say(state: "connecting" | "connected" | "disconnected" | "failed", words: string): void {
  status.dataset["status"] = state;
  status.textContent = words;
}
