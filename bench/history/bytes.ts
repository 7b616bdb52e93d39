/** What the pages of the full store's file hold, and what that is of a reading. */
import { figure } from "../helpers/figure.ts";
import { bytesByKind, fileBytes } from "./file-look.ts";
import type { FullStore } from "./full-store.ts";
import { atMost, type Part, type Row } from "./row.ts";
import { WHOLE_BYTES } from "./size.ts";

/** Kinds below this share of the file are summed up. */
const LEAST_SHARE = 0.002;

export function bytes({ dataDir, readings, days, boards }: FullStore): Part {
  const whole = fileBytes(dataDir);
  const kinds = bytesByKind(dataDir);
  const shown = kinds.filter(([, each]) => each >= whole * LEAST_SHARE);
  const rest = kinds.filter(([, each]) => each < whole * LEAST_SHARE).reduce((sum, [, each]) => sum + each, 0);
  const row = (what: string, each: number): Row => ({
    what,
    unit: `bytes a reading; ${figure(each / 2 ** 20, 1)} MiB`,
    digits: 2,
    values: [each / readings],
  });
  return {
    title: `bytes of ${figure(readings)} readings, ${boards} boards, ${figure(days, 1)} simulated days`,
    rows: [
      { ...row("whole database ÷ readings", whole), budget: atMost(WHOLE_BYTES) },
      ...shown.map(([kind, each]) => row(`  ${kind}`, each)),
      row("  all other", rest),
    ],
  };
}
