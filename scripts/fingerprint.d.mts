/** The types of fingerprint.mjs. */
export function inputFiles(root: string): string[];
export function hashInputs(root: string): string;
export function forgetBuild(root: string): void;
export function rememberBuild(root: string, inputs: string): void;
export function whyOutdated(root: string): string | undefined;
