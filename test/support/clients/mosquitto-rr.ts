/** `mosquitto_rr`: one request, and its response. */
import { spawn } from "node:child_process";
import { onTestFinished } from "vitest";
import type { HubAddress } from "../hub/hub.ts";
import { readTools } from "../tools.ts";
import { within } from "../until.ts";

/** What it printed; it subscribes, asks, and ends with the response. MQTT 5. */
export async function mosquittoRr(hub: HubAddress, ...args: string[]): Promise<string> {
  const child = spawn(readTools().mosquittoRr, ["-h", hub.mqttHost, "-p", String(hub.mqttPort), ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  await within("mosquitto_rr ends", new Promise((resolve) => child.once("close", resolve)));
  return output;
}
