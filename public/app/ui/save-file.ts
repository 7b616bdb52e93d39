/** Saves text as a file; works on pages without a secure context, too. */

/** The browser has taken the file long before; some read it late. */
const KEEP_MS = 60_000;

export function saveFile(name: string, content: string | Blob, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}
