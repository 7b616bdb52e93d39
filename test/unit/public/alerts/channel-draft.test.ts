import { describe, expect, test } from "vitest";
import { exportHref, filterIn, filterQuery, logQuery } from "../../../../public/app/alerts/log-filter.ts";
import { draftOfChannel, emptyChannel, readChannel } from "../../../../public/app/channels/channel-draft.ts";
import { KINDS } from "../../../../public/app/channels/channel-kinds.ts";
import { secretTopic } from "../../../../public/app/channels/secret-topic.ts";
import type { ChannelAnswer } from "../../../../src/contract/answers/alert-answers.ts";
import { channelFields } from "../../../../src/contract/channels.ts";

const filled = (kind: (typeof KINDS)[number]) => {
  const empty = emptyChannel(kind, "aerie-topic");
  const values = {
    ...empty.values,
    url: "https://example.com/x",
    token: "t",
    chatId: "-5",
    host: "smtp.example.com",
    from: "a@b.c",
    to: "d@e.f; g@h.i",
    topic: empty.values.topic || "alarms",
  };
  return { ...empty, values };
};

describe("the form of a channel", () => {
  test.each(KINDS)("of the kind %s makes what the hub takes", (kind) => {
    const read = readChannel(filled(kind), []);
    expect(read.ok && channelFields.parse(read.fields)).toEqual(read.ok && read.fields);
    expect(read.ok && read.fields.settings.kind).toBe(kind);
  });

  test("names what is missing, but for a secret that the hub has", () => {
    const empty = { ...emptyChannel("webhook", ""), name: " " };
    const faults = (kept: string[]): string[] => {
      const read = readChannel(empty, kept);
      return read.ok ? [] : Object.keys(read.faults).sort();
    };
    expect(faults([])).toEqual(["name", "url"]);
    expect(faults(["url"])).toEqual(["name"]);
  });

  test("shows a channel that is there without its secrets, and leaves those out when it is saved", () => {
    const answer: ChannelAnswer = {
      id: "x",
      name: "Team",
      enabled: false,
      atLeast: "critical",
      settings: { kind: "webhook", preset: "slack", host: "hooks.slack.com" },
      secrets: ["url"],
      state: { kind: "idle" },
    };
    const draft = draftOfChannel(answer);
    expect(draft).toMatchObject({ name: "Team", enabled: false, atLeast: "critical", preset: "slack" });
    const read = draft && readChannel(draft, answer.secrets);
    expect(read).toEqual({
      ok: true,
      fields: { name: "Team", enabled: false, atLeast: "critical", settings: { kind: "webhook", preset: "slack" } },
    });
    expect(draftOfChannel({ ...answer, settings: { kind: "pigeon" } })).toBeUndefined();
  });

  test.each([
    ["ntfy", "token"],
    ["email", "password"],
    ["webhook", "secret"],
  ] as const)("of the kind %s removes its %s only where that is said and no other is entered", (kind, secret) => {
    const settingsOf = (part: Partial<ReturnType<typeof filled>>) => {
      const read = readChannel({ ...filled(kind), ...part }, [secret]);
      return read.ok ? (read.fields.settings as Record<string, unknown>) : expect.fail("it is complete");
    };
    const { values } = filled(kind);
    expect(settingsOf({ values: { ...values, [secret]: "" } })).not.toHaveProperty(secret);
    expect(settingsOf({ values: { ...values, [secret]: "" }, removed: [secret] })).toHaveProperty(secret, null);
    expect(settingsOf({ values: { ...values, [secret]: "new" }, removed: [secret] })).toHaveProperty(secret, "new");
  });

  test("makes topics of 128 random bits", () => {
    const topics = new Set(Array.from({ length: 100 }, secretTopic));
    expect(topics.size).toBe(100);
    for (const topic of topics) expect(topic).toMatch(/^aerie-[A-Za-z0-9_-]{22}$/);
  });
});

test("the log's filters come back from an address as they were; what cannot be understood is left out", () => {
  const filter = { device: "c1", rule: "r", severity: "critical", span: "month" } as const;
  expect(filterIn(filterQuery(filter))).toEqual(filter);
  expect(filterQuery(filterIn("severity=loud&span=never"))).toBe("");
  expect(logQuery(filter, 90 * 86_400_000)).toEqual({
    device: "c1",
    rule: "r",
    severity: "critical",
    from: 60 * 86_400_000,
  });
  expect(logQuery({ ...filter, span: "all" }, 0)).not.toHaveProperty("from");
  expect(exportHref(filterIn("device=c 1"), 8 * 86_400_000, "csv")).toBe(
    "/api/export/alerts?device=c+1&from=86400000&format=csv",
  );
});
