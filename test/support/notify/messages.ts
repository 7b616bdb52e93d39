/** Messages as the hub composes them, and text that a device should not get away with. */
import type { MessageEntry, OutgoingMessage } from "../../../src/core/ports/alert-channel.ts";

export const SENT_AT_MS = Date.UTC(2026, 10, 30, 19, 46, 5);

export const entryOf = (fields: Partial<MessageEntry> = {}): MessageEntry => ({
  alertId: "gas~kitchen",
  episode: 3,
  kind: "firing",
  severity: "critical",
  ruleName: "Gas",
  device: "Kitchen",
  atMs: SENT_AT_MS,
  text: "gas is 1,204 ppm, above 400 ppm",
  ...fields,
});

export const messageOf = (fields: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  id: "3f2a9c",
  severity: "critical",
  title: "CRITICAL: Gas, Kitchen",
  entries: [entryOf()],
  more: 0,
  createdAtMs: SENT_AT_MS,
  acknowledgeUrl: "https://hub.example/acknowledge/k3J_9x",
  pageUrl: "https://hub.example/#/alerts",
  ...fields,
});

/** Each would mention, link, format or begin another header somewhere. */
export const HOSTILE = [
  "@everyone @here <@123456789012345678> <@&99> @all @channel",
  "<!channel> <!here|x> <@U012AB3CD> <https://evil.example|your bank>",
  "[your bank](https://evil.example) ![x](https://evil.example/x.png) **bold** _it_ ~~s~~ `code` || spoiler ||",
  "https://evil.example http://1.2.3.4/x www.evil.example evil.example mailto:a@evil.example tg://resolve?domain=x",
  "a\r\nBcc: victim@example.org\r\n\r\nbody\u2028next\u0000\u001b[31m\u202e",
  "</p><script>alert(1)</script><a href='https://evil.example'>x</a> &amp; \" '",
  "half a pair: \ud83d and \udd25",
  '"}], "blocks": [], "content": "{secret} {url} {env.HOME} $(id)"',
];

export const hostileMessage = (fields: Partial<OutgoingMessage> = {}): OutgoingMessage =>
  messageOf({
    title: HOSTILE.join(" "),
    entries: HOSTILE.map((text, index) =>
      entryOf({ alertId: `r~${index}`, text, device: HOSTILE[index], ruleName: text }),
    ),
    ...fields,
  });

/** As large as a message can be, of the signs that take most space where they are escaped. */
export const hugeMessage = (sign = "*"): OutgoingMessage =>
  messageOf({
    title: sign.repeat(10_000),
    entries: Array.from({ length: 200 }, () =>
      entryOf({
        device: sign.repeat(1_000),
        text: sign.repeat(20_000),
        runbook: `https://r.example/${"a".repeat(480)}`,
      }),
    ),
    more: 9_999_999,
    hint: sign.repeat(5_000),
  });
