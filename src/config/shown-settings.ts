/** The settings as the owner is shown them: each with its value and where that comes from, without secrets. */
import type { Setting } from "./setting.ts";
import { SETTINGS } from "./settings.ts";

export interface ShownSetting {
  readonly name: string;
  /** Absent: it may contain a password. */
  readonly value?: string;
  readonly default: string;
  readonly source: "default" | GivenSettings[string]["source"];
  readonly meaning: string;
}

/** By its name in the environment: what was given for a setting, and where. */
export type GivenSettings = Readonly<
  Record<string, { readonly text: string; readonly source: "environment" | "flag" }>
>;

export const shownSettings = (given: GivenSettings): ShownSetting[] =>
  (Object.values(SETTINGS) as Setting<unknown>[]).map(({ env, fallback, meaning, isSecret }) => {
    const { text, source } = given[env] ?? ({ text: fallback, source: "default" } as const);
    const isHidden = isSecret === true && text !== "";
    return { name: env, ...(!isHidden && { value: text }), default: fallback, source, meaning };
  });
