/** Reads a QR code of the screen from its pixels, as ISO/IEC 18004 has it: versions 1 to 6, held straight, nothing to be corrected. */
import type { Locator } from "playwright-core";

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Row by row, `1` where it is dark. */
  readonly dark: string;
}

type Matrix = readonly (readonly boolean[])[];

export async function readQr(code: Locator): Promise<string> {
  return textOf(matrixOf(await pixelsOf(code)));
}

/** On a page of its own, which no policy of the hub's pages limits. */
async function pixelsOf(code: Locator): Promise<Pixels> {
  const png = (await code.screenshot()).toString("base64");
  const page = await code.page().context().newPage();
  const pixels = await page.evaluate<Pixels>(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${png}";
    await image.decode();
    const { width, height } = image;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const drawing = canvas.getContext("2d");
    drawing.drawImage(image, 0, 0);
    const { data } = drawing.getImageData(0, 0, width, height);
    let dark = "";
    for (let at = 0; at < data.length; at += 4) dark += data[at] + data[at + 1] + data[at + 2] < 384 ? "1" : "0";
    return { width, height, dark };
  })()`);
  await page.close();
  return pixels;
}

/** By the finder pattern at the top left, whose upper edge is seven modules long. */
function matrixOf({ width, height, dark }: Pixels): Matrix {
  const rows = Array.from({ length: height }, (_, y) => dark.slice(y * width, (y + 1) * width));
  const top = rows.findIndex((row) => row.includes("1"));
  const left = Math.min(...rows.map((row) => row.indexOf("1")).filter((x) => x >= 0));
  const right = Math.max(...rows.map((row) => row.lastIndexOf("1"))) + 1;
  const edge = /^1+/.exec(rows[top]?.slice(left) ?? "")?.[0].length ?? 0;
  const size = Math.round((right - left) / (edge / 7));
  if (size < 21 || size > 41 || size % 4 !== 1)
    throw new Error(`this is no QR code of version 1 to 6: ${size} modules`);
  if (left < (4 * edge) / 7 - 1) throw new Error("there is too little free space around it");
  const step = (right - left) / size;
  const at = (index: number, start: number): number => Math.floor(start + (index + 0.5) * step);
  return Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (__, x) => rows[at(y, top)]?.[at(x, left)] === "1"),
  );
}

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** Of versions 1 to 6 and of the levels M, L, H, Q, in the order of their numbers: blocks, and codewords of each that correct. */
const BLOCKS = [
  "1x10 1x7 1x17 1x13",
  "1x16 1x10 1x28 1x22",
  "1x26 1x15 2x22 2x18",
  "2x18 1x20 4x16 2x26",
  "2x24 1x26 4x22 4x18",
  "4x16 2x18 4x28 4x24",
].map((line) => line.split(" ").map((pair) => pair.split("x").map(Number) as [blocks: number, correcting: number]));

function textOf(matrix: Matrix): string {
  const size = matrix.length;
  const isDark = (x: number, y: number): boolean => matrix[y]?.[x] === true;
  const places = [0, 1, 2, 3, 4, 5, 7, 8].map((y) => [8, y] as const);
  const format = [...places, ...[7, 5, 4, 3, 2, 1, 0].map((x) => [x, 8] as const)].reduce(
    (bits, [x, y], index) => bits | (Number(isDark(x, y)) << index),
    0,
  );
  const [level, mask] = [((format ^ 0x5412) >> 13) & 3, MASKS[((format ^ 0x5412) >> 10) & 7]];
  const [blocks, correcting] = BLOCKS[(size - 17) / 4 - 1]?.[level] ?? [1, 0];
  const bits: number[] = [];
  for (const [x, y] of pathOf(size)) bits.push(Number(isDark(x, y) !== mask?.(x, y)));
  const codewords = Array.from({ length: Math.floor(bits.length / 8) }, (_, at) =>
    Number.parseInt(bits.slice(at * 8, at * 8 + 8).join(""), 2),
  );
  return segmentsOf(dataOf(codewords, blocks, correcting));
}

/** The modules that hold data: in columns of two, from the right, up and down in turn. */
function* pathOf(size: number): Generator<readonly [x: number, y: number]> {
  const isFixed = (x: number, y: number): boolean =>
    (x <= 8 && (y <= 8 || y >= size - 8)) ||
    (x >= size - 8 && y <= 8) ||
    x === 6 ||
    y === 6 ||
    (size > 21 && Math.abs(x - size + 7) <= 2 && Math.abs(y - size + 7) <= 2);
  let isUp = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const y = isUp ? size - 1 - step : step;
      for (const x of [right, right - 1]) if (!isFixed(x, y)) yield [x, y];
    }
    isUp = !isUp;
  }
}

/** A codeword of each block in turn; the first blocks may have one less. */
function dataOf(codewords: readonly number[], blocks: number, correcting: number): number[] {
  const longer = codewords.length % blocks;
  const lengths = Array.from(
    { length: blocks },
    (_, block) => Math.floor(codewords.length / blocks) - correcting + Number(block >= blocks - longer),
  );
  const data: number[][] = lengths.map(() => []);
  let at = 0;
  for (let row = 0; row < Math.max(...lengths); row++) {
    for (const [block, length] of lengths.entries()) if (row < length) data[block]?.push(codewords[at++] ?? 0);
  }
  return data.flat();
}

/** The number of its ECI. Only what ASCII has is read here. */
const UTF_8 = 26;
const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

function segmentsOf(data: readonly number[]): string {
  const bits = data.map((byte) => byte.toString(2).padStart(8, "0")).join("");
  let at = 0;
  const take = (count: number): number => {
    at += count;
    return Number.parseInt(bits.slice(at - count, at) || "0", 2);
  };
  let text = "";
  while (at + 4 <= bits.length) {
    const mode = take(4);
    if (mode === 0) break;
    if (mode === 1) {
      for (let left = take(10); left > 0; left -= 3) {
        const digits = Math.min(left, 3);
        text += String(take(digits * 3 + 1)).padStart(digits, "0");
      }
    } else if (mode === 2) {
      for (let left = take(9); left > 0; left -= 2) {
        const pair = left > 1 ? take(11) : take(6);
        text += left > 1 ? `${ALPHANUMERIC[Math.floor(pair / 45)]}${ALPHANUMERIC[pair % 45]}` : ALPHANUMERIC[pair];
      }
    } else if (mode === 4) for (let left = take(8); left > 0; left--) text += String.fromCharCode(take(8));
    else if (mode === 7 && take(8) === UTF_8) continue;
    else throw new Error(`a mode that this reader does not know: ${mode}`);
  }
  return text;
}
