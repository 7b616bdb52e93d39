/** What Slack, Discord, Teams and Mattermost take, with their limits, as strict as their documentation: anything else is answered 400. */
import { z } from "zod";
import { openReceiver, type Receiver } from "./receiver.ts";

const httpUrl = z.url({ protocol: /^https?$/ });

const plainText = (most: number) =>
  z.strictObject({ type: z.literal("plain_text"), text: z.string().min(1).max(most), emoji: z.boolean().optional() });
const mrkdwn = z.strictObject({
  type: z.literal("mrkdwn"),
  text: z.string().min(1).max(3_000),
  verbatim: z.boolean().optional(),
});

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, /reference/block-kit/blocks */
const slack = z.strictObject({
  text: z.string().min(1).max(40_000),
  blocks: z
    .array(
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("header"), text: plainText(150) }),
        z.strictObject({ type: z.literal("section"), text: z.union([plainText(3_000), mrkdwn]) }),
      ]),
    )
    .min(1)
    .max(50),
  mrkdwn: z.boolean().optional(),
  link_names: z.boolean().optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
});

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
const discord = z.strictObject({
  content: z.string().min(1).max(2_000),
  username: z.string().min(1).max(80).optional(),
  allowed_mentions: z.strictObject({ parse: z.array(z.enum(["roles", "users", "everyone"])) }),
  flags: z.literal([0, 4]).optional(),
});

/** https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors, https://adaptivecards.io/explorer */
const teams = z.strictObject({
  type: z.literal("message"),
  attachments: z
    .array(
      z.strictObject({
        contentType: z.literal("application/vnd.microsoft.card.adaptive"),
        contentUrl: z.null(),
        content: z.strictObject({
          $schema: z.literal("http://adaptivecards.io/schemas/adaptive-card.json"),
          type: z.literal("AdaptiveCard"),
          version: z.enum(["1.2", "1.3", "1.4", "1.5"]),
          body: z
            .array(
              z.strictObject({
                type: z.literal("RichTextBlock"),
                inlines: z
                  .array(
                    z.strictObject({
                      type: z.literal("TextRun"),
                      text: z.string().min(1),
                      weight: z.enum(["lighter", "default", "bolder"]).optional(),
                      size: z.enum(["default", "small", "medium", "large", "extraLarge"]).optional(),
                      color: z.enum(["default", "dark", "light", "accent", "good", "warning", "attention"]).optional(),
                    }),
                  )
                  .min(1),
              }),
            )
            .min(1),
          actions: z
            .array(z.strictObject({ type: z.literal("Action.OpenUrl"), title: z.string().min(1), url: httpUrl }))
            .min(1)
            .max(6)
            .optional(),
        }),
      }),
    )
    .length(1),
});

/** https://developers.mattermost.com/integrate/webhooks/incoming */
const mattermost = z.strictObject({ text: z.string().min(1).max(4_000) });

const SERVICES = {
  slack: { schema: slack, bytes: 1_000_000, status: 200, says: "ok" },
  discord: { schema: discord, bytes: 1_000_000, status: 204, says: "" },
  teams: { schema: teams, bytes: 21_000, status: 202, says: "" },
  mattermost: { schema: mattermost, bytes: 1_000_000, status: 200, says: "ok" },
} as const;
export type ChatService = keyof typeof SERVICES;

/** A chat service at `/<service>/…`. */
export function openChatServices(): Promise<Receiver> {
  return openReceiver({
    respond: ({ url, method, headers, body }, response) => {
      const service = SERVICES[url.split("/")[1] as ChatService];
      const fault =
        method !== "POST" || headers["content-type"] !== "application/json"
          ? "not a POST of JSON"
          : body.length > service.bytes
            ? "too large"
            : service.schema.safeParse(parsed(body)).error?.message;
      if (fault === undefined) response.writeHead(service.status).end(service.says);
      else response.writeHead(400).end(fault);
    },
  });
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
