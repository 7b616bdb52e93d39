import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ChannelSettings } from "../../../../src/contract/channels.ts";
import { createNtfy } from "../../../../src/notify/ntfy/ntfy.ts";
import { createChannelWorld } from "../../../support/notify/channel-world.ts";
import { entryOf, hostileMessage, hugeMessage, messageOf } from "../../../support/notify/messages.ts";
import { type NtfyServer, openNtfyServer } from "../../../support/notify/ntfy-server.ts";

const send = createNtfy(createChannelWorld());
let open: NtfyServer;
let guarded: NtfyServer;

beforeAll(async () => {
  [open, guarded] = await Promise.all([openNtfyServer(), openNtfyServer("tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2")]);
});
afterAll(() => Promise.all([open.close(), guarded.close()]));

const to = (server: NtfyServer, token?: string): ChannelSettings => ({
  kind: "ntfy",
  server: server.url,
  topic: "aerie-9f3c",
  ...(token !== undefined && { token }),
});

describe("ntfy", () => {
  test("gets title, text, priority, tags, the page, and an action that opens the page to acknowledge", async () => {
    const message = messageOf({ entries: [entryOf({ runbook: "https://wiki.example/gas" })] });
    expect(await send(message, to(open))).toEqual({ kind: "sent" });
    expect(open.published.at(-1)).toEqual({
      topic: "aerie-9f3c",
      title: "CRITICAL:\u200b Gas, Kitchen".replace("\u200b", ""),
      message: expect.stringMatching(/^• 2026-\d\d-\d\d \d\d:\d\d Kitchen: gas is 1,204 ppm, above 400 ppm$/),
      priority: 5,
      tags: ["rotating_light"],
      click: "https://hub.example/#/alerts",
      actions: [
        { action: "view", label: "Acknowledge", url: "https://hub.example/acknowledge/k3J_9x" },
        { action: "view", label: "Runbook", url: "https://wiki.example/gas" },
      ],
    });
  });

  test("gets what is over with the usual priority, and less severe ones with less", async () => {
    const priorityOf = async (fields: Parameters<typeof messageOf>[0]): Promise<unknown> => {
      await send(messageOf(fields), to(open));
      return [open.published.at(-1)?.priority, open.published.at(-1)?.tags];
    };
    expect(await priorityOf({ entries: [entryOf({ kind: "resolved" })] })).toEqual([3, ["white_check_mark"]]);
    expect(await priorityOf({ severity: "warning" })).toEqual([4, ["warning"]]);
    expect(await priorityOf({ severity: "info", entries: [] })).toEqual([3, ["information_source"]]);
  });

  test.each(["*", "@", "😀", "ä", '"', "\\", "a.b:c/", "\u0001"])(
    "gets no message that would become a file, full of %j",
    async (sign) => {
      expect(await send(hugeMessage(sign), to(open))).toEqual({ kind: "sent" });
      expect(open.published.at(-1)?.message).toMatch(/and \d+ more/);
    },
  );

  test("gets text of devices without links and mentions", async () => {
    expect(await send(hostileMessage(), to(open))).toEqual({ kind: "sent" });
    const { title, message } = open.published.at(-1) ?? {};
    expect(`${title} ${message}`).not.toMatch(/https?:\/\/|evil\.example|@everyone|(?!\n)\p{Cc}/u);
  });

  test("without a public address has neither page nor action", async () => {
    await send({ ...messageOf(), acknowledgeUrl: undefined, pageUrl: undefined }, to(open));
    expect(open.published.at(-1)).not.toHaveProperty("actions");
    expect(open.published.at(-1)).not.toHaveProperty("click");
  });

  test("with a token takes it, and says so without one, or with a wrong one", async () => {
    expect(await send(messageOf(), to(guarded, "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"))).toEqual({ kind: "sent" });
    expect(await send(messageOf(), to(guarded, "tk_wrong"))).toEqual({
      kind: "refused",
      reason: "127.0.0.1 answered 403: forbidden",
    });
  });
});
