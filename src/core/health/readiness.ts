/** Collects the problems and warnings that each part reports. A warning does not make the hub unready. */
import type { Readiness } from "../../contract/rest.ts";

/** A part's name, and its problem as a text for the owner; undefined: none. */
export type PartState = readonly [part: string, problem: () => string | undefined];

export function createReadiness(parts: {
  /** With one of these the hub is not ready. */
  readonly problems: readonly PartState[];
  /** The hub is ready, but its owner should know. */
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
