/** What `DELETE /api/devices/:id` does in which order. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../src/contract/readings.ts";
import { StoreError } from "../../../src/core/ports/readings-store.ts";
import { DEVICES_ROUTES, type DevicesParts } from "../../../src/http/routes/devices/devices-routes.ts";
import { noReplacements } from "../../support/memory/no-replacements.ts";

test("where the store cannot delete a device, its board still stands for it", async () => {
  const done: string[] = [];
  const deviceId = "boiler" as DeviceId;
  const parts = {
    registry: { get: () => ({ deviceId }) },
    hardware: noReplacements(),
    replacement: { removed: async () => void done.push("boards") },
    deleteDevice: () => Promise.reject(new StoreError("MongoDB is away", true)),
  } as unknown as DevicesParts;
  const route = DEVICES_ROUTES.find(({ method, path }) => method === "delete" && path === "/api/devices/:id");
  const request = { params: { id: deviceId }, query: { credential: "keep" } } as never;

  await expect(route?.handle(parts, request, undefined as never)).rejects.toThrow("MongoDB is away");
  expect(done).toEqual([]);
});
