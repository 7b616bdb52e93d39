/** How much this process has had written to disk since its start. Asks the system; counts nothing itself. */

const BLOCK_BYTES = 512;

export const diskWritten = (): { bytes: number; overMs: number } => ({
  bytes: process.resourceUsage().fsWrite * BLOCK_BYTES,
  overMs: process.uptime() * 1_000,
});
