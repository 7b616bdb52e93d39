/** The sound of an alert: two tones, three for a critical one. No file has to be loaded for it. */
import type { Severity } from "../../../src/contract/alerts.ts";
import { browserChoice } from "./browser-choice.ts";

const TONES: Readonly<Record<Severity, readonly number[]>> = {
  critical: [880, 660, 880],
  warning: [660, 880],
  info: [660],
};
const TONE_S = 0.18;
const GAP_S = 0.06;
const VOLUME = 0.25;
/** Before somebody has clicked, `resume` stays without an answer. */
const ALLOWED_WITHIN_MS = 500;

let context: AudioContext | undefined;

export function soundIfWanted(severity: Severity): void {
  if (browserChoice.peek().sound) void playSound(severity);
}

/** False: the browser does not play sounds before somebody has clicked on the page. */
export async function playSound(severity: Severity): Promise<boolean> {
  try {
    context ??= new AudioContext();
    await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, ALLOWED_WITHIN_MS))]);
    if (context.state !== "running") return false;
    const beginS = context.currentTime;
    for (const [index, hertz] of TONES[severity].entries()) tone(context, hertz, beginS + index * (TONE_S + GAP_S));
    return true;
  } catch {
    return false; // this machine has no way to play one
  }
}

function tone(audio: AudioContext, hertz: number, atS: number): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = hertz;
  // Without a slope at both ends it would click.
  gain.gain.setValueAtTime(0, atS);
  gain.gain.linearRampToValueAtTime(VOLUME, atS + 0.02);
  gain.gain.setValueAtTime(VOLUME, atS + TONE_S - 0.04);
  gain.gain.linearRampToValueAtTime(0, atS + TONE_S);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(atS);
  oscillator.stop(atS + TONE_S);
}
