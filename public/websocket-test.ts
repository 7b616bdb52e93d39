/** The test page: connects to a hub as any Socket.IO client does and shows each event as it comes. Asks for nothing. */
import { io, type Socket } from "socket.io-client";
import type { HubToBrowser } from "../src/contract/live.ts";
import "./styles/tokens.css";
import "./styles/shell.css";
import "./styles/websocket-test.css";

const MAX_SHOWN = 200;

const form = find("connection", HTMLFormElement);
const url = find("url", HTMLInputElement);
const connect = find("connect", HTMLButtonElement);
const disconnect = find("disconnect", HTMLButtonElement);
const clear = find("clear", HTMLButtonElement);
const status = find("status", HTMLElement);
const count = find("count", HTMLElement);
const events = find("events", HTMLOListElement);

let socket: Socket<HubToBrowser> | undefined;
let received = 0;
let waiting: HTMLLIElement[] = [];

// A page opened as a file has the origin "null", which is no hub.
url.value = location.origin.startsWith("http") ? location.origin : "http://localhost:3000";

form.addEventListener("submit", (event) => {
  event.preventDefault();
  open(url.value);
});
disconnect.addEventListener("click", close);
clear.addEventListener("click", () => {
  received = 0;
  waiting = [];
  count.textContent = "0";
  events.replaceChildren();
});

function open(address: string): void {
  close();
  const opened: Socket<HubToBrowser> = io(address, { transports: ["websocket", "polling"], tryAllTransports: true });
  socket = opened;
  say("connecting", `connecting to ${address}…`);
  opened.on("connect", () => say("connected", `connected as ${opened.id ?? "?"}`));
  opened.on("disconnect", (reason) => say("disconnected", `disconnected: ${reason}`));
  opened.on("connect_error", (error) => say("failed", `not connected: ${error.message}. Trying again…`));
  opened.onAny((event: string, ...values: unknown[]) => show(event, values));
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

function show(event: string, values: unknown[]): void {
  received += 1;
  const row = document.createElement("li");
  row.dataset["event"] = event;
  const time = document.createElement("time");
  time.textContent = new Date().toLocaleTimeString(undefined, { hourCycle: "h23" });
  const name = document.createElement("strong");
  name.textContent = event;
  const data = document.createElement("code");
  data.textContent = values.map((value) => JSON.stringify(value)).join(", ");
  row.append(time, name, data);
  if (waiting.length === 0) setTimeout(draw, 100);
  waiting.unshift(row);
  waiting.length = Math.min(waiting.length, MAX_SHOWN);
}

/** Ten times a second at most, however many events come. */
function draw(): void {
  count.textContent = String(received);
  events.prepend(...waiting);
  waiting = [];
  while (events.childElementCount > MAX_SHOWN) events.lastElementChild?.remove();
}

function find<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`websocket-test.html has no #${id}`);
  return element;
}
