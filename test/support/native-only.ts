/** What is known of names and metrics where no other family speaks. */
import { createDescriptions } from "../../src/core/dialects/descriptions.ts";
import { createDialects } from "../../src/dialects/dialects.ts";

export const NATIVE_ONLY = createDescriptions(createDialects([]));
