import { describe, expect, test } from "vitest";
import type { ChannelFields, ChannelSettings } from "../../../../src/contract/channels.ts";
import { createChannelBook } from "../../../../src/core/notifications/channel-book.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryHubFile } from "../../../support/memory/memory-hub-file.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

const hubFileAndBook = (hubFile = createMemoryHubFile()) => {
  const log = createMemoryLog();
  const readers = { claimedBy: (topic: string) => (topic.startsWith("tele/") ? "tasmota" : undefined) };
  const book = createChannelBook({ hubFile, stored: hubFile.records(), readers, clock: createManualClock(), log });
  return { hubFile, book, log };
};

const channel = (settings: ChannelSettings, name = "phone"): ChannelFields => ({
  name,
  enabled: true,
  atLeast: "info",
  settings,
});

const NTFY = { kind: "ntfy", server: "https://ntfy.sh", topic: "aerie", token: "tk_secret" } as const;

describe("channels", () => {
  test("are kept, in the order in which they were made, and known again after a restart", async () => {
    const { hubFile, book } = hubFileAndBook();
    await book.add(channel(NTFY));
    await book.add(channel({ kind: "mqtt", topic: "home/alerts" }, "panel"));
    const [first] = book.list();
    await book.replace(first?.id ?? "", channel({ ...NTFY, topic: "other" }));
    const again = hubFileAndBook(hubFile).book.list();
    expect(again).toEqual(book.list());
    expect(again.map(({ name }) => name)).toEqual(["phone", "panel"]);
    await book.remove(first?.id ?? "");
    expect(
      hubFileAndBook(hubFile)
        .book.list()
        .map(({ name }) => name),
    ).toEqual(["panel"]);
  });

  test("a secret that is left out of a change stays, unless it would go to another server", async () => {
    const { book } = hubFileAndBook();
    await book.add(channel(NTFY));
    const id = book.list()[0]?.id ?? "";
    const { token: _, ...shown } = NTFY;
    await book.replace(id, channel({ ...shown, topic: "other" }));
    expect(book.get(id)?.settings).toEqual({ ...NTFY, topic: "other" });
    const moved = await book.replace(id, channel({ ...shown, server: "https://evil.example" }));
    expect(moved).toMatchObject({ kind: "refused", faults: [{ field: "settings.token" }] });
    expect(book.get(id)?.settings).toMatchObject({ server: "https://ntfy.sh" });
    await book.add(channel({ kind: "webhook", url: "https://hooks.example/x", preset: "slack", secret: "s" }));
    const hook = book.list()[1]?.id ?? "";
    await book.replace(hook, channel({ kind: "webhook", preset: "discord" } as ChannelSettings));
    expect(book.get(hook)?.settings).toEqual({
      ...{ kind: "webhook", url: "https://hooks.example/x", preset: "discord", secret: "s" },
    });
    const other = await book.replace(hook, channel({ kind: "telegram", chatId: "1" } as ChannelSettings));
    expect(other).toMatchObject({ kind: "refused", faults: [{ field: "settings.token" }] });
  });

  test("a secret that is null in a change is removed, and goes to no other server", async () => {
    const { book } = hubFileAndBook();
    await book.add(channel(NTFY));
    const id = book.list()[0]?.id ?? "";
    const { token: _, ...open } = { ...NTFY, server: "https://ntfy.example" };
    await book.replace(id, { ...channel(NTFY), settings: { ...open, token: null } });
    expect(book.get(id)?.settings).toEqual(open);
    await book.replace(id, channel(open));
    expect(book.get(id)?.settings).toEqual(open);
  });

  const MQTT = (topic: string): ChannelSettings => ({ kind: "mqtt", topic });
  const EMAIL = { kind: "email", host: "mail", port: 25, security: "none", from: "hub@example.com" } as const;
  test.each<[string, ChannelSettings, string]>([
    ["a topic of a native board", MQTT("devices/kitchen/status"), "settings.topic"],
    ["a topic of another family's board", MQTT("tele/plug/STATE"), "settings.topic"],
    ["the hub's own topics", MQTT("aerie/alerts/gas"), "settings.topic"],
    ["a wildcard", MQTT("home/#"), "settings.topic"],
    ["the broker's topics", MQTT("$SYS/alerts"), "settings.topic"],
    ["no address", { ...EMAIL, to: ["nobody"] }, "settings.to"],
    ["a header of its own", { ...EMAIL, to: ["a@example.com\r\nBcc: all@example.com"] }, "settings.to"],
    ["a password in the address", { ...NTFY, server: "https://a:b@ntfy.example" }, "settings.server"],
    [
      "a template that names what there is not",
      { kind: "webhook", url: "https://hook.example", preset: "json", template: "{secret}" },
      "settings.template",
    ],
  ])("%s is refused", async (_name, settings, field) => {
    const { book } = hubFileAndBook();
    expect(await book.add(channel(settings))).toMatchObject({ kind: "refused", faults: [{ field }] });
    expect(book.list()).toEqual([]);
  });

  test("nothing changes where it cannot be written, and a fiftieth is the last", async () => {
    const { hubFile, book } = hubFileAndBook();
    hubFile.failWith(new Error("disk full"));
    await expect(book.add(channel(NTFY))).rejects.toThrow("disk full");
    expect(book.list()).toEqual([]);
    hubFile.failWith(undefined);
    for (let n = 0; n < 50; n++) await book.add(channel(NTFY, `c${n}`));
    expect(await book.add(channel(NTFY))).toEqual({ kind: "full" });
    expect(await book.replace("nothing", channel(NTFY))).toEqual({ kind: "unknown" });
    expect(await book.remove("nothing")).toBe(false);
  });
});
