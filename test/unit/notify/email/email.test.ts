import { createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ChannelSettings } from "../../../../src/contract/channels.ts";
import type { OutgoingMessage } from "../../../../src/core/ports/alert-channel.ts";
import { createEmail } from "../../../../src/notify/email/email.ts";
import { REQUEST_LIMIT_MS } from "../../../../src/notify/request/guarded-request.ts";
import { type ChannelWorld, createChannelWorld } from "../../../support/notify/channel-world.ts";
import { type MailServer, openMailServer } from "../../../support/notify/mail-server.ts";
import { entryOf, hostileMessage, hugeMessage, messageOf } from "../../../support/notify/messages.ts";
import { until } from "../../../support/until.ts";

type EmailSettings = Extract<ChannelSettings, { kind: "email" }>;
type ServerOptions = Parameters<typeof openMailServer>[0];

let server: MailServer | undefined;
let world: ChannelWorld;
let ownPorts: number[];

beforeEach(() => {
  ownPorts = [];
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const PASSWORD = "corr3ct-horse";

async function open(options?: ServerOptions, isTrusted = true): Promise<MailServer> {
  server = await openMailServer(options);
  world = createChannelWorld({
    addresses: { "mail.example": ["127.0.0.1"], "metadata.example": ["169.254.169.254"] },
    ownPorts: () => ownPorts,
    ...(isTrusted && { ca: server.ca }),
  });
  return server;
}

const settingsOf = (fields: Partial<EmailSettings> = {}): EmailSettings => ({
  kind: "email",
  host: "127.0.0.1",
  port: server?.port ?? 0,
  security: "starttls",
  from: "Aerie <hub@example.org>",
  to: ["ann@example.org", "bob@example.org"],
  ...fields,
});

const send = (message: OutgoingMessage, settings: ChannelSettings) => createEmail(world)(message, settings);

const LOGIN: ServerOptions = {
  authOptional: false,
  onAuth: ({ username, password }, _, callback) =>
    username === "hub" && password === PASSWORD
      ? callback(null, { user: username })
      : callback(Object.assign(new Error(`no ${username} ${password}`), { responseCode: 535 })),
};

/** Headers by name, unfolded, each as often as it is there. */
function headersOf(mail: string): Map<string, string[]> {
  const [head = ""] = mail.split("\r\n\r\n", 1);
  const headers = new Map<string, string[]>();
  for (const line of head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const [, name = "", value = ""] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  return headers;
}

/** Both parts, decoded. */
function partsOf(mail: string): { text: string; html: string } {
  const part = (type: string): string => {
    const at = mail.split(/\r\n--[^\r\n]+\r\n/).find((each) => each.startsWith(`Content-Type: ${type}`)) ?? "";
    const [head = "", ...body] = at.split("\r\n\r\n");
    const content = body.join("\r\n\r\n");
    if (/base64/i.test(head)) return Buffer.from(content, "base64").toString("utf8");
    const bytes = content
      .replaceAll("=\r\n", "")
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return /quoted-printable/i.test(head) ? Buffer.from(bytes, "latin1").toString("utf8") : content;
  };
  return { text: part("text/plain"), html: part("text/html") };
}

describe("an e-mail", () => {
  test("arrives by STARTTLS with login, as text and as HTML", async () => {
    const { received } = await open(LOGIN);
    const message = messageOf({
      entries: [entryOf({ runbook: "https://wiki.example/gas?a=1&b=2" })],
      more: 2,
      hint: "How to change this.",
    });
    expect(await send(message, settingsOf({ user: "hub", password: PASSWORD }))).toEqual({ kind: "sent" });
    const [mail] = received;
    expect(mail).toMatchObject({
      from: "hub@example.org",
      to: ["ann@example.org", "bob@example.org"],
      user: "hub",
      isSecure: true,
    });
    const headers = headersOf(mail?.text ?? "");
    expect(headers.get("subject")).toEqual(["CRITICAL: Gas, Kitchen"]);
    expect(headers.get("from")).toEqual(["Aerie <hub@example.org>"]);
    expect(headers.get("date")).toEqual(["Mon, 30 Nov 2026 19:46:05 +0000"]);
    expect(headers.get("auto-submitted")).toEqual(["auto-generated"]);
    expect(headers.get("importance")).toEqual(["High"]);
    const { text, html } = partsOf(mail?.text ?? "");
    expect(text).toContain("Kitchen: gas is 1,204 ppm, above 400 ppm");
    expect(text).toContain("Acknowledge: https://hub.example/acknowledge/k3J_9x");
    expect(text).toContain("… and 2 more");
    expect(html).toContain('<a href="https://hub.example/acknowledge/k3J_9x">Acknowledge</a>');
    expect(html).toContain('<a href="https://wiki.example/gas?a=1&amp;b=2">Runbook</a>');
    expect(html).toContain("How to change this.");
  });

  test("arrives by TLS from the start, and without any where it is asked for", async () => {
    await open({ secure: true });
    expect(await send(messageOf(), settingsOf({ security: "tls" }))).toEqual({ kind: "sent" });
    expect(server?.received[0]?.isSecure).toBe(true);
    await server?.close();
    await open({ disabledCommands: ["STARTTLS"] });
    expect(await send(messageOf(), settingsOf({ security: "none" }))).toEqual({ kind: "sent" });
    expect(server?.received[0]?.isSecure).toBe(false);
  });

  test("has the same Message-ID at each attempt", async () => {
    const { received } = await open();
    for (const id of ["a", "a", "b"]) await send(messageOf({ id }), settingsOf());
    const ids = received.map(({ text }) => headersOf(text).get("message-id")?.[0] ?? "");
    expect([ids[0] === ids[1], ids[1] === ids[2]]).toEqual([true, false]);
    expect(ids[0]).toMatch(/^<[0-9a-f]{40}@example\.org>$/);
  });

  test("has no header of a device, and nothing that a page would run", async () => {
    const { received } = await open();
    expect(await send(hostileMessage(), settingsOf())).toEqual({ kind: "sent" });
    const [mail] = received;
    const names = [...headersOf(mail?.text ?? "").keys()];
    expect(names).not.toContain("bcc");
    expect(names.sort()).toEqual(
      [
        "auto-submitted",
        "content-type",
        "date",
        "from",
        "importance",
        "message-id",
        "mime-version",
        "subject",
        "to",
        "x-msmail-priority",
        "x-priority",
      ].sort(),
    );
    expect(mail?.to).toEqual(["ann@example.org", "bob@example.org"]);
    const { text, html } = partsOf(mail?.text ?? "");
    expect(html).not.toMatch(/<script|<\/p><|href='|href="https:\/\/evil/);
    expect(html).toContain("&lt;script&gt;");
    expect(`${text}${html}`).not.toMatch(/https?:\/\/(evil|1\.2)/);
  });

  test("of any size arrives", async () => {
    await open();
    expect(await send(hugeMessage("ä"), settingsOf())).toEqual({ kind: "sent" });
  });
});

describe("addresses with more than one address in them are refused, and nothing is sent", () => {
  test.each([
    "ann@example.org\r\nBcc: victim@example.org",
    "ann@example.org, victim@example.org",
    "ann@example.org;victim@example.org",
    "Ann <ann@example.org>, victim@example.org",
    "ann@example.org <victim@example.org> x@y",
    "Ann\r\nBcc: victim <ann@example.org>",
    "Ann, Victim <ann@example.org>",
    "victim,ann@example.org",
    "example.org",
    "ann@",
  ])("%j", async (address) => {
    const { received } = await open();
    for (const fields of [{ to: ["bob@example.org", address] }, { from: address }]) {
      expect(await send(messageOf(), settingsOf(fields))).toMatchObject({
        kind: "refused",
        reason: expect.stringContaining("is no e-mail address"),
      });
    }
    expect(received).toEqual([]);
  });
});

describe("a mail server that does not take it", () => {
  test("because of the login says so, without the password", async () => {
    await open(LOGIN);
    const outcome = await send(messageOf(), settingsOf({ user: "hub", password: "wrong-password" }));
    expect(outcome).toEqual({ kind: "refused", reason: "127.0.0.1 does not accept user and password" });
  });

  test("because it offers no TLS gets neither login nor message", async () => {
    const { received } = await open({ ...LOGIN, disabledCommands: ["STARTTLS"] });
    const outcome = await send(messageOf(), settingsOf({ user: "hub", password: PASSWORD }));
    expect(outcome).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("does not begin TLS as the channel asks"),
    });
    expect(received).toEqual([]);
  });

  test("because its certificate is not trusted gets nothing", async () => {
    const { received } = await open({}, false);
    expect(await send(messageOf(), settingsOf())).toMatchObject({ kind: "failed" });
    expect(received).toEqual([]);
  });

  test.each([
    [550, "refused"],
    [452, "failed"],
    [421, "failed"],
  ])("with %i is %s", async (responseCode, kind) => {
    await open({
      onMailFrom: (_, __, callback) => callback(Object.assign(new Error("no relay for you"), { responseCode })),
    });
    expect(await send(messageOf(), settingsOf())).toMatchObject({
      kind,
      reason: expect.stringContaining("no relay for you"),
    });
  });

  test("for one recipient has taken it for the other, and the log says so", async () => {
    await open({
      onRcptTo: ({ address }, _, callback) =>
        address === "bob@example.org"
          ? callback(Object.assign(new Error("unknown"), { responseCode: 550 }))
          : callback(null),
    });
    expect(await send(messageOf(), settingsOf())).toEqual({ kind: "sent" });
    expect(server?.received[0]?.to).toEqual(["ann@example.org"]);
    expect(world.log.lines).toEqual([
      {
        level: "warn",
        event: "a mail server refused some recipients",
        fields: { host: "127.0.0.1", refused: 1, recipients: 2 },
      },
    ]);
  });

  test("because it hangs is given up after 20 s, wherever it hangs", async () => {
    await open();
    const sockets: Socket[] = [];
    const hanging = createServer((socket) => {
      sockets.push(socket.on("error", () => undefined).resume());
      // The second says hello, and nothing more.
      if (sockets.length > 1) socket.write("220 hello\r\n");
    });
    await new Promise<void>((resolve) => void hanging.listen(0, "127.0.0.1", resolve));
    const port = (hanging.address() as { port: number }).port;
    for (const count of [1, 2]) {
      const outcome = send(messageOf(), settingsOf({ port }));
      await until("it is connected", () => sockets.length === count);
      world.clock.advance(REQUEST_LIMIT_MS);
      expect(await outcome).toMatchObject({ kind: "failed", reason: "No answer within 20 s from 127.0.0.1" });
    }
    expect(world.clock.timers()).toBe(0);
    await new Promise((resolve) => hanging.close(resolve));
  });
});

describe("no e-mail goes to", () => {
  test.each(["169.254.169.254", "metadata.example", "::ffff:169.254.169.254", "0.0.0.0"])("%s", async (host) => {
    await open();
    expect(await send(messageOf(), settingsOf({ host }))).toMatchObject({ kind: "refused" });
  });

  test("a port of the hub, or a name that is not there", async () => {
    const { received, port } = await open();
    ownPorts = [port];
    for (const host of ["127.0.0.1", "mail.example"]) {
      expect(await send(messageOf(), settingsOf({ host }))).toMatchObject({
        kind: "refused",
        reason: expect.stringContaining("this hub itself"),
      });
    }
    expect(await send(messageOf(), settingsOf({ host: "gone.example" }))).toEqual({
      kind: "failed",
      reason: "The name gone.example does not resolve. Check it, and the name server of this machine",
      neverArrived: true,
    });
    expect(received).toEqual([]);
  });
});
