/** The boards of a hub on which none was ever replaced. */
import { createHardwareBook, type HardwareBook } from "../../../src/core/hardware/hardware-book.ts";

export const noReplacements = (): HardwareBook =>
  createHardwareBook({ hubFile: { write: async () => undefined }, stored: [], log: SILENT });

const nothing = (): void => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };
