/** An HTTP server that takes the notifications of webhook channels. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Entry {
  /** `<rule>~<device>` */
  readonly alertId: string;
  readonly kind: string;
}

export interface WebhookReceiver {
  /** Of a channel of its own: `<url>/<n>`. */
  readonly url: string;
  /** When the device's alert was first heard of as firing. */
  firedAtMs(deviceId: string): number | undefined;
  messages(): number;
  /** Alerts that were heard of as firing; those too that a message only counts. */
  fired(): number;
  close(): Promise<void>;
}

export async function openWebhookReceiver(): Promise<WebhookReceiver> {
  const firedAtMs = new Map<string, number>();
  let messages = 0;
  let uncounted = 0;

  function take(text: string, nowMs: number): void {
    const { entries, more } = JSON.parse(text) as { entries: readonly Entry[]; more: number };
    messages += 1;
    uncounted += more;
    for (const { alertId, kind } of entries) {
      const device = alertId.split("~")[1] ?? "";
      if (kind === "firing" && !firedAtMs.has(device)) firedAtMs.set(device, nowMs);
    }
  }

  const server = createServer((request, response) => {
    const nowMs = performance.now();
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    request.on("end", () => {
      take(text, nowMs);
      response.writeHead(204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    firedAtMs: (deviceId) => firedAtMs.get(deviceId),
    messages: () => messages,
    fired: () => firedAtMs.size + uncounted,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
