/** The words of something that was thrown. */

export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
