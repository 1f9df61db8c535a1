/** The file behind a download link. */

export interface StandInFor {
  productId: string;
  productTitle: string;
  skuId: string;
  skuTitle: string;
  optionKey: string;
  optionTitle: string;
}

/** A small text file that says what it stands for: Kontor has none of the vendor's artifacts. */
export function standIn(option: StandInFor): { name: string; content: Buffer } {
  const text = [
    "This is Kontor's stand-in for a software artifact; it holds no software.",
    "",
    `Product  ${option.productId}  ${option.productTitle}`,
    `SKU      ${option.skuId}  ${option.skuTitle}`,
    `Option   ${option.optionKey}  ${option.optionTitle}`,
    "",
    "The size that the download options state is that of the artifact, not of this file.",
    "",
  ].join("\n");
  return { name: fileName(option.optionTitle), content: Buffer.from(text) };
}

/** Only characters that every system and an unquoted header can hold. */
function fileName(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replace(/[^0-9A-Za-z]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 80);
  return `${plain || "download"}.txt`;
}
