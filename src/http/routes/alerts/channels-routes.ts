/** `/api/channels`: where notifications are sent. No answer has a secret. */
import type { z } from "zod";
import {
  type ChannelAnswer,
  channelAnswer,
  type channelState,
  channelsAnswer,
  channelTestAnswer,
} from "../../../contract/answers/alert-answers.ts";
import { type Channel, type ChannelState, channelChange, channelFields } from "../../../contract/channels.ts";
import { reaches } from "../../../core/access/required-level.ts";
import { secretsIn, shownOf, withoutSecrets } from "../../../core/notifications/channel-secrets.ts";
import type { ChannelBook, Notifications } from "../../../core/notifications/notification-types.ts";
import { doneIn } from "../../answers/book-outcome.ts";
import { HttpError } from "../../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../../declaration/route.ts";
import { callerIn } from "../../requests/access-guard.ts";

export interface ChannelsParts {
  readonly channels: ChannelBook;
  readonly notifications: Pick<Notifications, "stateOf" | "test">;
}

const CODES = { full: "TOO_MANY_CHANNELS", unknown: "CHANNEL_UNKNOWN" } as const;

export const CHANNELS_ROUTES: readonly Route<ChannelsParts>[] = [
  route({
    method: "get",
    path: "/api/channels",
    level: "viewer",
    summary: "the channels, with their settings for owners only, and never with their secrets",
    answer: json(channelsAnswer),
    handle: ({ channels, notifications }: ChannelsParts, { response }) => {
      const isOwner = reaches(callerIn(response).level, "owner");
      return { channels: channels.list().map((channel) => shown(channel, notifications, isOwner)) };
    },
  }),
  route({
    method: "post",
    path: "/api/channels",
    level: "owner",
    summary: "adds one",
    body: channelFields,
    answer: json(channelAnswer, 201),
    handle: async ({ channels, notifications }: ChannelsParts, { body }) =>
      shown(doneIn(await channels.add(body), CODES), notifications, true),
  }),
  route({
    method: "put",
    path: "/api/channels/:id",
    level: "owner",
    summary: "replaces it; a secret that is left out stays, unless it would be sent elsewhere, and null removes it",
    body: channelChange,
    answer: json(channelAnswer),
    handle: async ({ channels, notifications }: ChannelsParts, { params, body }) =>
      shown(doneIn(await channels.replace(params.id, body), CODES), notifications, true),
  }),
  route({
    method: "delete",
    path: "/api/channels/:id",
    level: "owner",
    summary: "204; what waits for it is not sent",
    answer: EMPTY,
    handle: async ({ channels }: ChannelsParts, { params }) => {
      if (!(await channels.remove(params.id))) throw new HttpError("CHANNEL_UNKNOWN");
    },
  }),
  route({
    method: "post",
    path: "/api/channels/:id/test",
    level: "owner",
    summary: "sends a message that says that it is a test, and answers what became of it",
    answer: json(channelTestAnswer),
    handle: async ({ channels, notifications }: ChannelsParts, { params }) => {
      const channel = channels.get(params.id);
      const outcome = await notifications.test(params.id);
      if (channel === undefined || outcome === undefined) throw new HttpError("CHANNEL_UNKNOWN");
      if (outcome.kind === "sent") return { outcome: outcome.kind };
      return { outcome: outcome.kind, reason: withoutSecrets(outcome.reason, channel.settings) };
    },
  }),
];

function shown(channel: Channel, { stateOf }: Pick<Notifications, "stateOf">, isOwner: boolean): ChannelAnswer {
  const { settings, ...others } = channel;
  return {
    ...others,
    settings: isOwner ? shownOf(settings) : { kind: settings.kind },
    secrets: secretsIn(settings),
    state: shownState(stateOf(channel.id), channel),
  };
}

function shownState(state: ChannelState, { settings }: Channel): z.infer<typeof channelState> {
  if (state.kind !== "failing") return state;
  const { kind, waiting, sinceMs, reason } = state;
  return { kind, waiting, since: new Date(sinceMs).toISOString(), reason: withoutSecrets(reason, settings) };
}
