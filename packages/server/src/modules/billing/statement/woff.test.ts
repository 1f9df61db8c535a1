import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { create } from "fontkit";
import { expect, test } from "vitest";
import { unpackWoff } from "./woff.ts";

const name = "@fontsource/noto-sans-thai/files/noto-sans-thai-thai-400-normal.woff";
const woff = readFileSync(createRequire(import.meta.url).resolve(name));

test("an unpacked font is a TrueType file of whole tables, and shows its letters", () => {
  const font = unpackWoff(woff);
  expect(font.readUInt32BE(0)).toBe(0x00010000);
  const count = font.readUInt16BE(4);
  expect(count).toBe(woff.readUInt16BE(12));
  for (let entry = 12; entry < 12 + count * 16; entry += 16) {
    const offset = font.readUInt32BE(entry + 8);
    expect(offset % 4).toBe(0);
    expect(offset + font.readUInt32BE(entry + 12)).toBeLessThanOrEqual(font.length);
  }
  expect(font.length).toBe(woff.readUInt32BE(16));
  expect(
    create(font)
      .layout("ไทย")
      .glyphs.every(({ id }) => id > 0),
  ).toBe(true);
});

test("another form of file is refused", () => {
  expect(() => unpackWoff(unpackWoff(woff))).toThrow(RangeError);
});
