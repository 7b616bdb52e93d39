/** ntfy's interface for publishing as JSON, as strict as its server: https://docs.ntfy.sh/publish/#publish-as-json */
import { z } from "zod";
import { openReceiver, type Receiver } from "./receiver.ts";

/** From here on it is an attachment: `message-size-limit`, and `util/peek.go` of its server. */
const ATTACHMENT_FROM_BYTES = 4_096;
/** `transformBodyJSON` of its server. */
const MOST_OF_BODY_BYTES = 2 * ATTACHMENT_FROM_BYTES;

const publication = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  message: z
    .string()
    .refine((text) => Buffer.byteLength(text) < ATTACHMENT_FROM_BYTES, "would become an attachment")
    .optional(),
  title: z.string().optional(),
  priority: z.int().min(1).max(5).optional(),
  tags: z.array(z.string().regex(/^[^,\s]+$/)).optional(),
  click: z.url().optional(),
  actions: z
    .array(
      z.strictObject({
        action: z.literal("view"),
        label: z.string().min(1),
        url: z.url(),
        clear: z.boolean().optional(),
      }),
    )
    .max(3)
    .optional(),
});
export type Publication = z.infer<typeof publication>;

export interface NtfyServer extends Receiver {
  readonly published: Publication[];
}

/** With a token it answers others 403. */
export async function openNtfyServer(token?: string): Promise<NtfyServer> {
  const published: Publication[] = [];
  const receiver = await openReceiver({
    respond: ({ method, url, headers, body }, response) => {
      const refuse = (http: number, code: number, error: string): void =>
        void response
          .writeHead(http, { "Content-Type": "application/json" })
          .end(JSON.stringify({ code, http, error }));
      if (method !== "POST" || url !== "/") return refuse(404, 40401, "page not found");
      if (token !== undefined && headers.authorization !== `Bearer ${token}`) return refuse(403, 40301, "forbidden");
      if (body.length > MOST_OF_BODY_BYTES) return refuse(413, 41303, "JSON body too large");
      const { data, error } = publication.safeParse(JSON.parse(body.toString("utf8")));
      if (data === undefined) return refuse(400, 40024, `invalid request: ${error?.message}`);
      published.push(data);
      const { topic, message = "triggered" } = data;
      response.writeHead(200).end(JSON.stringify({ id: "hwQ2YpKdmg", time: 1, event: "message", topic, message }));
    },
  });
  return { ...receiver, published };
}
