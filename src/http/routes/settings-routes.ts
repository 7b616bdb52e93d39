/** `GET /api/settings`: what the hub was started with, where it listens, and how full its disk is. Changes nothing. */
import { type SettingsAnswer, settingsAnswer } from "../../contract/answers/settings-answer.ts";
import { json, type Route, route } from "../declaration/route.ts";

export interface SettingsParts {
  readonly settings: () => SettingsAnswer;
}

export const SETTINGS_ROUTES: readonly Route<SettingsParts>[] = [
  route({
    method: "get",
    path: "/api/settings",
    level: "owner",
    summary:
      "each setting with its value and source (secrets without their value), the addresses on which the hub listens, the space of its store, the last backup",
    answer: json(settingsAnswer),
    handle: ({ settings }: SettingsParts) => settings(),
  }),
];
