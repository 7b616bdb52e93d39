/** Settings by their names in the code, as the environment of a spawned hub has them. Checks no value. */
import { SETTINGS } from "../../../src/config/settings.ts";

/** Throws where the hub has no such setting. */
export function envOf(settings: Readonly<Record<string, number | string>>): Record<string, string> {
  const known: Readonly<Record<string, { readonly env: string }>> = SETTINGS;
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      const env = known[name]?.env;
      if (env === undefined) throw new Error(`the hub has no setting ${name}`);
      return [env, String(value)];
    }),
  );
}
