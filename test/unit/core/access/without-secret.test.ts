/** Which devices are listed as in need of a secret. */
import { expect, test } from "vitest";
import { devicesWithoutSecret } from "../../../../src/core/access/unclaimed/without-secret.ts";

const heard = (deviceId: string, lastHeardAtMs: number | undefined = 500) => ({ deviceId, lastHeardAtMs });

test("they were heard before there was an account, are silent since, and could have a secret", () => {
  const devices = [
    heard("cellar"),
    heard("tasmota:plug"),
    heard("attic"), // has a secret
    heard("garden", 1_500), // came back, by an application for example
    { deviceId: "imported", lastHeardAtMs: undefined },
    heard("zigbee:0x1"),
    heard("tasmota:bridge.0x5480"),
  ];
  const options = { claimedAtMs: 1_000, hasSecret: (deviceId: string) => deviceId === "attic" };
  expect(devicesWithoutSecret(devices, options)).toEqual(["cellar", "tasmota:plug"]);
  expect(devicesWithoutSecret(devices, { ...options, claimedAtMs: undefined })).toEqual([]);
});

test("the list is for a person to read: a hundred", () => {
  const devices = Array.from({ length: 300 }, (_, index) => heard(`board-${index}`));
  expect(devicesWithoutSecret(devices, { claimedAtMs: 1_000, hasSecret: () => false })).toHaveLength(100);
});
