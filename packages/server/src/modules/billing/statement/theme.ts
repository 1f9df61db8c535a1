/** The look of the page: A4 portrait, lengths in points (1/72 inch), y downwards from the top. */

import type { TextStyle } from "./page.ts";

export const pageSize = { width: 595.28, height: 841.89 } as const;

/** Between these edges everything but the band and the footer has its place. */
export const frame = {
  left: 40,
  right: 555.28,
  width: 515.28,
  top: 44,
  /** Where content starts on the second and later pages, below the running head. */
  topAfterRunningHead: 68,
  bottom: 786,
} as const;

export const band = { y: 16, height: 18 } as const;
export const footer = { ruleY: 798, textY: 804 } as const;

export const colors = {
  ink: "#1b1a19",
  soft: "#5c5a58",
  rule: "#a19f9d",
  hairline: "#d2d0ce",
  panel: "#f3f2f1",
  warning: "#ffe8a6",
  warningInk: "#4a3000",
} as const;

/** Line height over font size. DejaVu's own ascent and descent need 1.17. */
const leading = 1.3;

export const styles = {
  product: { bold: true, size: 7, color: colors.soft },
  issuer: { bold: true, size: 13, color: colors.ink },
  title: { bold: true, size: 20, color: colors.ink },
  heading: { bold: true, size: 10, color: colors.ink },
  partyName: { bold: true, size: 9, color: colors.ink },
  label: { bold: false, size: 8, color: colors.soft },
  value: { bold: false, size: 8, color: colors.ink },
  valueBold: { bold: true, size: 8, color: colors.ink },
  total: { bold: true, size: 10, color: colors.ink },
  due: { bold: true, size: 17, color: colors.ink },
  warning: { bold: true, size: 9, color: colors.warningInk },
  small: { bold: false, size: 7, color: colors.soft },
  smallBold: { bold: true, size: 7, color: colors.soft },
} as const satisfies Record<string, TextStyle>;

/** The height of one line of text in a style. */
export function lineHeight(style: TextStyle): number {
  return style.size * leading;
}
