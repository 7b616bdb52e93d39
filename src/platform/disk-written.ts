/** How many bytes this process has written to disk since its start. */

const BLOCK_BYTES = 512;

export const diskWritten = (): { bytes: number; overMs: number } => ({
  bytes: process.resourceUsage().fsWrite * BLOCK_BYTES,
  overMs: process.uptime() * 1_000,
});
