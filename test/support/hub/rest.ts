/** Asks the REST interface as a program would. Judges no answer. */
import { request } from "node:http";
import type { Reading } from "../../../src/contract/readings.ts";
import type { ReadingsPage, RefusalsAnswer } from "../../../src/contract/rest.ts";
import type { HubAddress } from "./hub.ts";

export interface Answer<Body> {
  status: number;
  headers: { readonly [name: string]: string | string[] | undefined };
  text: string;
  /** Undefined where the answer is not JSON. */
  body: Body;
}

export interface AskOptions {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}

/** With node:http, since fetch does not let Host and Origin be set. */
export function ask<Body = unknown>(hub: HubAddress, path: string, options: AskOptions = {}): Promise<Answer<Body>> {
  const { method = "GET", headers = {}, body } = options;
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const type = text === undefined ? {} : { "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const { host, httpPort: port } = hub;
    const asked = request({ host, port, path, method, agent: false, headers: { ...type, ...headers } }, (response) => {
      let received = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        received += part;
      });
      response.on("end", () => {
        const isJson = /[/+]json/.test(response.headers["content-type"] ?? "") && received !== ""; // HEAD has no body
        const parsed = isJson ? JSON.parse(received) : undefined;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: received, body: parsed as Body });
      });
    });
    asked.on("error", reject);
    asked.end(text);
  });
}

/** Every stored reading of a device, oldest first, page by page; none where the hub knows no such device. */
export async function readingsOf(
  hub: HubAddress,
  deviceId: string,
  from = "2020-01-01T00:00:00Z",
  headers: Readonly<Record<string, string>> = {},
): Promise<Reading[]> {
  const readings: Reading[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${cursor}`;
    const page: Answer<ReadingsPage> = await ask<ReadingsPage>(
      hub,
      `/api/devices/${deviceId}/readings?order=asc&limit=10000&from=${from}${query}`,
      { headers },
    );
    if (page.status === 404) return [];
    if (page.status !== 200) throw new Error(`readings of ${deviceId}: ${page.status} ${page.text}`);
    readings.push(...page.body.readings);
    cursor = page.body.nextCursor;
  } while (cursor !== null);
  return readings;
}

/** How many of a code were refused since the start. */
export async function refusedCount(hub: HubAddress, code: string): Promise<number> {
  const { body } = await ask<RefusalsAnswer>(hub, "/api/refusals");
  return body.counts[code] ?? 0;
}
