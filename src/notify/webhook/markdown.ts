/** Text of devices for programs that read Markdown: every sign that means something to them is escaped. */
import { inert } from "../text/plain-text.ts";

/** With a backslash, as CommonMark has it. `<` also begins Discord's mentions, `~` Mattermost's channels. */
const SIGNS = /[\\`*_{}[\]()#+!|<>~&:-]/g;

export const escapeMarkdown = (text: string): string => inert(text).replace(SIGNS, "\\$&");

/** An address of the owner or the hub. Parentheses would end it. */
export const markdownUrl = (url: string): string =>
  url.replace(/[()<>\s\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
