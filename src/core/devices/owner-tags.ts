/** The tags that an owner gave a device, as the hub keeps them. */
import type { DeviceId } from "../../contract/readings.ts";
import type { LearnedChange, StoredLearned } from "../ports/hub-file.ts";

const KEY = "tags";

export const tagsChange = (deviceId: DeviceId, tags: readonly string[]): LearnedChange => ({
  of: "learned",
  family: "owner",
  deviceId,
  key: KEY,
  data: tags.length === 0 ? undefined : JSON.stringify(tags),
});

/** By device. What cannot be read is left out. */
export function tagsIn(stored: readonly StoredLearned[]): Map<DeviceId, readonly string[]> {
  const found = new Map<DeviceId, readonly string[]>();
  for (const { family, deviceId, key, data } of stored) {
    const tags = family === "owner" && key === KEY ? namesIn(data) : [];
    if (tags.length > 0) found.set(deviceId, tags);
  }
  return found;
}

function namesIn(data: string): string[] {
  try {
    const parsed: unknown = JSON.parse(data);
    return Array.isArray(parsed) ? parsed.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}
