/** A message as Mattermost's incoming webhooks take it. */
import type { OutgoingMessage } from "../../core/ports/alert-channel.ts";
import { composeText } from "../text/compose-text.ts";
import { escapeMarkdown, markdownUrl } from "./markdown.ts";

/** `PostMessageMaxRunesV1` in `model/post.go` of mattermost/mattermost, of databases from before 5.0; later ones take 16,383 runes. */
const MOST_OF_TEXT = 4_000;

export const mattermostBody = (message: OutgoingMessage): object => ({
  text: composeText(message, {
    most: MOST_OF_TEXT,
    size: (text) => text.length,
    escapeText: escapeMarkdown,
    link: (label, url) => `[${label}](${markdownUrl(url)})`,
  }),
});
