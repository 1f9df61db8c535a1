/** A statement as pages of placed text. Pure: the same statement always gives the same pages. */

import { layCharges } from "./charges.ts";
import { layFront } from "./front.ts";
import type { Statement } from "./model.ts";
import type { Block, Fill, Measure, Page, PlacedText, Strip } from "./page.ts";
import { gap, placeStrip, stackStrips, textsOf } from "./page.ts";
import { layRates } from "./rates.ts";
import type { Table } from "./table.ts";
import { placeParagraph } from "./text.ts";
import { band, colors, footer, frame, lineHeight, styles } from "./theme.ts";
import { documentName, pageNotice, productName } from "./wording.ts";

/** A page while it is being filled; `y` is where the next strip goes. */
type Draft = { y: number; fills: Fill[]; blocks: Block[]; artifacts: PlacedText[] };

/**
 * Lays out the whole document.
 *
 * @param measure must be the measure of the fonts that will draw it.
 * @throws RangeError for a value that cannot be printed, such as a fraction of a quantity.
 */
export function layoutStatement(statement: Statement, measure: Measure): Page[] {
  const first = emptyDraft(frame.top);
  put(first, layFront(statement, measure));
  const charges = layCharges(statement, measure);
  const rates = layRates(statement, measure);
  const drafts = [first];
  for (const table of rates === undefined ? charges : [...charges, rates]) {
    putTable(drafts, table);
  }
  return drafts.map((draft, index) =>
    finishPage(statement, draft, { number: index + 1, count: drafts.length }, measure),
  );
}

function emptyDraft(y: number): Draft {
  return { y, fills: [], blocks: [], artifacts: [] };
}

function put(draft: Draft, strip: Strip): void {
  const { fills, blocks } = placeStrip(strip, draft.y);
  draft.fills.push(...fills);
  draft.blocks.push(...blocks);
  draft.y += strip.height;
}

/** A repeated head is for the eye; who listens has heard it on the table's first page. */
function putAsArtifact(draft: Draft, strip: Strip): void {
  const { fills, blocks } = placeStrip(strip, draft.y);
  draft.fills.push(...fills);
  draft.artifacts.push(...blocks.flatMap(textsOf));
  draft.y += strip.height;
}

function putTable(drafts: Draft[], table: Table): void {
  const start = stackStrips([gap(16), table.title, table.head]);
  const firstGroup = stackStrips(table.groups[0] ?? []);
  let page = pageWithRoom(drafts, start.height + firstGroup.height);
  put(page, start);
  for (const group of table.groups) {
    const strip = stackStrips(group);
    const next = pageWithRoom(drafts, strip.height);
    if (next !== page) {
      putAsArtifact(next, table.head);
      page = next;
    }
    put(page, strip);
  }
}

/** The last page, or a new one when the last has less than `height` left. */
function pageWithRoom(drafts: Draft[], height: number): Draft {
  const last = drafts.at(-1);
  if (last !== undefined && last.y + height <= frame.bottom) {
    return last;
  }
  const page = emptyDraft(frame.topAfterRunningHead);
  drafts.push(page);
  return page;
}

type PageNumber = Readonly<{ number: number; count: number }>;

function finishPage(statement: Statement, draft: Draft, page: PageNumber, measure: Measure): Page {
  const isFirst = page.number === 1;
  const warning = pageNotice(statement);
  const notice = warning === undefined ? undefined : layNotice(warning, measure);
  const noticeBlock: Block[] = notice && isFirst ? [{ tag: "P", texts: notice.texts }] : [];
  return {
    fills: [...(notice?.fills ?? []), ...draft.fills, footerRule],
    blocks: [...noticeBlock, ...draft.blocks],
    artifacts: [
      ...(notice && !isFirst ? notice.texts : []),
      ...(isFirst ? [] : layRunningHead(statement, measure)),
      ...draft.artifacts,
      ...layFooter(statement, page, measure),
    ],
  };
}

type Notice = Readonly<{ fills: readonly Fill[]; texts: readonly PlacedText[] }>;

function layNotice(text: string, measure: Measure): Notice {
  const style = styles.warning;
  const x = frame.left + (frame.width - measure(text, style)) / 2;
  const y = band.y + (band.height - lineHeight(style)) / 2;
  return {
    fills: [{ x: frame.left, width: frame.width, ...band, color: colors.warning }],
    texts: [{ text, x, y, style }],
  };
}

function layRunningHead(statement: Statement, measure: Measure): PlacedText[] {
  const half = { width: frame.width / 2 - 6, y: frame.top, maxLines: 1 };
  const left = { ...half, x: frame.left, style: styles.smallBold };
  const right = {
    ...half,
    x: frame.right - half.width,
    style: styles.small,
    align: "right",
  } as const;
  return [
    ...placeParagraph(statement.issuer.name, left, measure).texts,
    ...placeParagraph(documentName(statement), right, measure).texts,
  ];
}

const footerRule: Fill = {
  x: frame.left,
  y: footer.ruleY,
  width: frame.width,
  height: 0.5,
  color: colors.hairline,
};

function layFooter(statement: Statement, page: PageNumber, measure: Measure): PlacedText[] {
  const box = { y: footer.textY, style: styles.small, maxLines: 1 } as const;
  const number = `Page ${page.number} of ${page.count}`;
  const text = `${documentName(statement)} · ${statement.issuer.name} · ${productName}`;
  const left = { ...box, x: frame.left, width: frame.width - 110 };
  const right = { ...box, x: frame.right - 100, width: 100, align: "right" } as const;
  return [
    ...placeParagraph(text, left, measure).texts,
    ...placeParagraph(number, right, measure).texts,
  ];
}
