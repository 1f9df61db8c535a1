/** Reads the lines of an asynchronous export, file by file, and goes on where one breaks off. */
import { setTimeout as sleep } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import type { AttributeSet, ReconciliationLine } from "@kontor/contract";
import type { Client, RequestOptions } from "./client.ts";
import { RequestFailed } from "./errors.ts";

/** The lines of an invoice, or those of a month that are not invoiced yet. */
export type WantedLines = { attributeSet?: AttributeSet } & (
  | { invoiceId: string }
  | { currencyCode: string; billingPeriod: "current" | "last" }
);

/** How often a download goes on without having got a byte further. */
const triesWithoutProgress = 3;
const noDataCode = "5000";

/**
 * Starts an export, waits for it, and yields its lines as they are downloaded. Where there is no
 * data, there are no lines.
 *
 * @throws ServiceFault where the export is refused; RequestFailed where it or a download fails
 */
export async function* exportLines(
  client: Client,
  wanted: WantedLines,
): AsyncGenerator<ReconciliationLine> {
  let location = "";
  const options: RequestOptions = {
    onHeaders: (headers) => {
      location = headers.get("location") ?? "";
    },
  };
  if ("invoiceId" in wanted) await client.exportBilledLines({ body: wanted }, options);
  else await client.exportUnbilledLines({ body: wanted }, options);
  const manifest = await finished(client, location.split("/").at(-1) ?? "");
  for (const { name } of manifest?.blobs ?? []) {
    yield* linesOf(`${manifest?.rootDirectory}/${name}?${manifest?.sasToken}`);
  }
}

/** The manifest, once there is one; undefined where there is no data. */
async function finished(client: Client, operationId: string) {
  for (;;) {
    let seconds = 10;
    const operation = await client.getExportOperation(
      { params: { operationId } },
      {
        onHeaders: (headers) => {
          seconds = Number(headers.get("retry-after") ?? seconds);
        },
      },
    );
    if (operation.status === "succeeded") return operation.resourceLocation;
    if (operation.status === "failed") {
      if (operation.error?.code === noDataCode) return undefined;
      throw new RequestFailed("the export", operation.error?.message);
    }
    await sleep(seconds * 1000);
  }
}

async function* linesOf(url: string): AsyncGenerator<ReconciliationLine> {
  const gunzip = createGunzip();
  const feeding = feed(bytesOf(url), gunzip);
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of gunzip as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
  await feeding;
}

/** Hands bytes on as fast as they are taken; what fails is told to who reads. */
async function feed(
  bytes: AsyncIterable<Uint8Array>,
  into: ReturnType<typeof createGunzip>,
): Promise<void> {
  try {
    for await (const chunk of bytes) {
      if (!into.write(chunk)) await new Promise((drained) => into.once("drain", drained));
    }
    into.end();
  } catch (error) {
    into.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

/** The bytes of a file. After a failure the rest is asked for by its range. */
async function* bytesOf(url: string): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let tries = 1; ; tries += 1) {
    const from = at;
    try {
      const answer = await fetch(url, at === 0 ? {} : { headers: { Range: `bytes=${at}-` } });
      if (answer.status !== (at === 0 ? 200 : 206)) throw new Error(`HTTP ${answer.status}`);
      for await (const chunk of answer.body ?? []) {
        at += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (at > from) tries = 0;
      if (tries >= triesWithoutProgress) throw new RequestFailed("the download", error);
    }
  }
}
