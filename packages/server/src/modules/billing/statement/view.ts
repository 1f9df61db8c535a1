/** A parsed font as one document uses it. */

import type { MarkProcessor, ParsedFont } from "fontkit";

/**
 * A view of a font, with glyphs of its own.
 *
 * fontkit keeps, per parsed font, the characters for which a glyph was first used ("ﬁ" as one
 * letter or as f and i), and pdfkit writes them into the file. Without a view, a document's bytes
 * would depend on the documents made before it.
 */
export function viewOf(font: ParsedFont): ParsedFont {
  const view: ParsedFont = Object.create(font, { _glyphs: { value: {} } });
  const processor = view._layoutEngine.engine?.GPOSProcessor;
  if (processor) skipMissingAnchors(processor);
  return view;
}

/**
 * fontkit 2.0.4 throws where a font has no place for a mark on a letter, as Noto's Telugu and
 * Malayalam have none for some. Then the rule does not apply, says OpenType, and the next may.
 */
function skipMissingAnchors(processor: MarkProcessor): void {
  const applyAnchor = processor.applyAnchor.bind(processor);
  const applyLookup = processor.applyLookup.bind(processor);
  let missed = false;
  processor.applyAnchor = (mark, anchor, place) => {
    if (anchor === null || anchor === undefined) missed = true;
    else applyAnchor(mark, anchor, place);
  };
  processor.applyLookup = (type, table) => {
    const isApplied = applyLookup(type, table) && !missed;
    missed = false;
    return isApplied;
  };
}
