/** Everything that can be asked of a `hub.db`, so that two can be compared. */
import type { DeviceId } from "../../../src/contract/readings.ts";
import type { HubFile } from "../../../src/core/ports/hub-file.ts";

export const LAMP = "ha:lamp" as DeviceId;
export const BOILER = "tasmota:boiler" as DeviceId;

export async function pictureOf(hubFile: HubFile): Promise<unknown> {
  const { learned: known, mappings, records } = await hubFile.load();
  const all = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
  const inOrder = known.map((each) => JSON.stringify(each)).sort();
  return {
    learned: inOrder.map((each) => JSON.parse(each)),
    mappings,
    records,
    alertEvents: await hubFile.alertEvents({ ...all, limit: 10_000 }),
    presence: [
      ...(await hubFile.presence({ ...all, deviceId: LAMP, limit: 10_000 })),
      ...(await hubFile.presence({ ...all, deviceId: BOILER, limit: 10_000 })),
    ],
    runs: await hubFile.runs(all),
  };
}
