/** What presets ask of the devices that there are. */
import { type DeviceRecord, locationOf } from "../../devices/device-record.ts";
import type { Regularity } from "../../devices/regularity.ts";
import type { Descriptions } from "../../dialects/descriptions.ts";
import type { PresetDevice } from "./presets.ts";

export interface PresetDevicesOptions {
  readonly registry: { list(): readonly DeviceRecord[] };
  readonly descriptions: Pick<Descriptions, "nameOf" | "metricInfo">;
  readonly regularity: Pick<Regularity, "of">;
}

export const presetDevices = ({ registry, descriptions, regularity }: PresetDevicesOptions): PresetDevice[] =>
  registry.list().map((device) => {
    const { deviceId, name = descriptions.nameOf(deviceId) ?? deviceId, latest } = device;
    const deviceWords = `${name} ${locationOf(device) ?? ""}`;
    return {
      deviceId,
      isRegular: regularity.of(device).isRegular,
      metrics: [...latest].map(([metric, { value }]) => ({
        metric,
        info: descriptions.metricInfo(deviceId, metric),
        value,
        deviceWords,
      })),
    };
  });
