/** The names and addresses at which boards may reach the hub. */
import type { ListenAddress } from "../../../src/contract/answers/settings-answer.ts";
import { isLoopback } from "../access/loopback.ts";
import { session } from "../hub/session.ts";

/** The first is that of the browser's address, where that is none of the own computer: a board of the same network reaches the hub there, too. */
export function hostsOf(addresses: readonly ListenAddress[]): string[] {
  const here = location.hostname;
  if (session.value?.isUnclaimed === true) return ["localhost"];
  const outside = addresses
    .filter(({ wire, reach }) => wire === "mqtt" && reach === "network")
    .map(({ url }) => url.replace(/^mqtt:\/\/|:\d+$/g, ""))
    // Few boards speak IPv6.
    .sort((a, b) => Number(a.includes(":")) - Number(b.includes(":")));
  return [...new Set(isLoopback() && outside.length > 0 ? outside : [here, ...outside])];
}

export const mqttPort = (): number => session.value?.mqttPort ?? 1883;
