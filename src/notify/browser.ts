/** The channel `browser`: pages that are open, and Web Push to browsers that subscribed. */
import type { ChannelAdapter, SendOutcome } from "../core/ports/alert-channel.ts";
import type { SendPush } from "./push/web-push.ts";

export interface BrowserOptions {
  readonly pages: ChannelAdapter;
  readonly push: SendPush;
}

export function createBrowser({ pages, push }: BrowserOptions): ChannelAdapter {
  return {
    /** A page shows a message once, however often it comes. */
    send: async (message, settings): Promise<SendOutcome> => {
      const [shown, pushed] = await Promise.all([pages.send(message, settings), push(message)]);
      return shown.kind === "sent" && pushed !== undefined ? pushed : shown;
    },
    close: pages.close,
  };
}
