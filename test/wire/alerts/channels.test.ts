/** Channels over HTTP: who sees what of them, and that no answer has a secret. */
import { expect, test } from "vitest";
import type { ChannelAnswer, ChannelTestAnswer } from "../../../src/contract/answers/alert-answers.ts";
import type { ChannelSettings } from "../../../src/contract/channels.ts";
import type { Problem } from "../../../src/contract/problem.ts";
import { type AccessWorld, type Asker, openAccessWorld } from "../../support/hub/access-world.ts";
import { openKeepingReceiver } from "../../support/notify/keeping-receiver.ts";

const SECRET = "T0P-SECRET";

/** Of each kind that has secrets, all of them. Nobody listens there. */
const SECRETIVE: readonly [ChannelSettings, readonly string[], object][] = [
  [
    { kind: "webhook", url: `http://127.0.0.1:1/hooks/${SECRET}`, preset: "slack", secret: SECRET },
    ["secret", "url"],
    { kind: "webhook", host: "127.0.0.1:1", preset: "slack" },
  ],
  [
    { kind: "ntfy", server: "http://127.0.0.1:1", topic: "hall", token: SECRET },
    ["token"],
    { kind: "ntfy", server: "http://127.0.0.1:1", topic: "hall" },
  ],
  [
    { kind: "telegram", token: `5:${SECRET}`, chatId: "7", server: "http://127.0.0.1:1" },
    ["token"],
    { kind: "telegram", chatId: "7", server: "http://127.0.0.1:1" },
  ],
  [
    {
      ...{ kind: "email", host: "127.0.0.1", port: 1, security: "none", user: "hub" },
      ...{ password: SECRET, from: "hub@example.com", to: ["ada@example.com"] },
    } as ChannelSettings,
    ["password"],
    { kind: "email", host: "127.0.0.1", port: 1, security: "none", user: "hub", from: "hub@example.com" },
  ],
];

const fieldsOf = (settings: object, name: string = "Phone") => ({ name, enabled: true, atLeast: "info", settings });

const add = (asker: Asker, settings: object) =>
  asker.ask<ChannelAnswer & Problem>("/api/channels", { method: "POST", body: fieldsOf(settings) });

async function everyAnswer({ owner, hub }: AccessWorld, id: string): Promise<string> {
  const answers = [
    await owner.ask("/api/channels"),
    await owner.ask(`/api/channels/${id}/test`, { method: "POST", body: {} }),
    await owner.ask("/api/alerts"),
    await owner.ask("/api/alerts/log"),
    await owner.ask("/readyz"),
  ];
  return answers.map(({ text }) => text).join("\n") + JSON.stringify(hub.logged);
}

test("no answer, and no line of the log, has a secret of a channel; an owner sees the rest, others only the kind", async () => {
  const world = await openAccessWorld();
  const [viewer, operator] = [await world.token("viewer"), await world.person("Otto", "operator")];
  for (const [settings, secrets, shown] of SECRETIVE) {
    const added = await add(world.owner, settings);
    expect([added.status, added.body.secrets, added.body.settings]).toEqual([
      201,
      secrets,
      expect.objectContaining(shown),
    ]);
    expect(added.text).not.toContain(SECRET);
    expect(await everyAnswer(world, added.body.id)).not.toContain(SECRET);
    for (const asker of [viewer, operator]) {
      const { channels } = (await asker.ask<{ channels: ChannelAnswer[] }>("/api/channels")).body;
      expect(channels.at(-1)).toMatchObject({ settings: { kind: settings.kind }, secrets });
      expect(Object.keys(channels.at(-1)?.settings ?? {})).toEqual(["kind"]);
      expect((await add(asker, settings)).status).toBe(403);
      expect((await asker.ask(`/api/channels/${added.body.id}/test`, { method: "POST", body: {} })).status).toBe(403);
    }
  }
});

test("a changed channel keeps the secrets that are left out, and sends them nowhere else", async () => {
  const { owner } = await openAccessWorld();
  const receiver = await openKeepingReceiver();
  const { id } = (await add(owner, { kind: "webhook", url: receiver.url, preset: "json" })).body;
  const put = (settings: object, name?: string) =>
    owner.ask<ChannelAnswer & Problem>(`/api/channels/${id}`, { method: "PUT", body: fieldsOf(settings, name) });
  const renamed = await put({ kind: "webhook", preset: "json" }, "Siren");
  expect([renamed.status, renamed.body.name, renamed.body.secrets]).toEqual([200, "Siren", ["url"]]);
  const tested = await owner.ask<ChannelTestAnswer>(`/api/channels/${id}/test`, { method: "POST", body: {} });
  expect(tested.body).toEqual({ outcome: "sent" });
  const other = await put({ kind: "telegram", chatId: "1" });
  expect([other.status, other.body.errors?.[0]?.field]).toEqual([400, "settings.token"]);

  const ntfy = (await add(owner, { kind: "ntfy", server: "http://127.0.0.1:1", topic: "hall", token: SECRET })).body;
  const moved = await owner.ask<Problem>(`/api/channels/${ntfy.id}`, {
    method: "PUT",
    body: fieldsOf({ kind: "ntfy", server: "http://127.0.0.2:1", topic: "hall" }),
  });
  expect([moved.status, moved.body.errors?.[0]?.field]).toEqual([400, "settings.token"]);
  const cleared = await owner.ask<ChannelAnswer>(`/api/channels/${ntfy.id}`, {
    method: "PUT",
    body: fieldsOf({ kind: "ntfy", server: "http://127.0.0.1:1", topic: "hall", token: null }),
  });
  expect([cleared.status, cleared.body.secrets]).toEqual([200, []]);
  const required = await put({ kind: "webhook", preset: "json", url: null });
  expect([required.status, required.body.errors?.[0]?.field]).toEqual([400, "settings.url"]);
  const failed = await owner.ask<ChannelTestAnswer>(`/api/channels/${ntfy.id}/test`, { method: "POST", body: {} });
  expect(failed.body).toMatchObject({ outcome: "failed", reason: expect.any(String) });

  expect((await owner.ask(`/api/channels/${id}`, { method: "DELETE" })).status).toBe(204);
  for (const [path, method, body] of [
    [`/api/channels/${id}`, "DELETE", undefined],
    [`/api/channels/${id}`, "PUT", fieldsOf({ kind: "browser" })],
    [`/api/channels/${id}/test`, "POST", {}],
  ] as const) {
    const gone = await owner.ask<Problem>(path, { method, ...(body !== undefined && { body }) });
    expect([gone.status, gone.body.code]).toEqual([404, "CHANNEL_UNKNOWN"]);
  }
});
