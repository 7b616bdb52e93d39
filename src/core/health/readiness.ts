/** Puts together how the hub is, from what each part says of itself. Judges nothing; a warning does not make it unready. */
import type { Readiness } from "../../contract/rest.ts";

/** A part's name, and what is wrong with it in words for the owner; undefined: nothing. */
export type PartState = readonly [part: string, problem: () => string | undefined];

export function createReadiness(parts: {
  /** With one of these the hub does not do its job. */
  readonly problems: readonly PartState[];
  /** It does, and its owner should know all the same. */
  readonly warnings: readonly PartState[];
  readonly degraded?: () => Readiness["degraded"];
}): () => Readiness {
  return () => {
    const problems = parts.problems.flatMap(said);
    const degraded = parts.degraded?.();
    const warnings = parts.warnings.flatMap(said);
    return { ready: problems.length === 0, problems, warnings, ...(degraded !== undefined && { degraded }) };
  };
}

function said([part, problem]: PartState): Readiness["problems"] {
  const words = problem();
  return words === undefined ? [] : [{ part, problem: words }];
}
