/** Every other walk stands on this: each sample is a call that succeeds. */
import { successStatus } from "@kontor/contract";
import { expect, test } from "vitest";
import { testServer } from "../harness.ts";
import { callSample, sampleOf, walk } from "./samples.ts";
import { newPartner, trade } from "./world.ts";

const server = await testServer();
const first = await trade(server);
const other = await newPartner(server);
const second = await trade(other);

test.each(walk)(
  "%s answers its sample with its declared success, to each partner",
  async (_name, operation) => {
    for (const world of [first, second]) {
      const { status, text } = await callSample(
        world.server,
        operation,
        await sampleOf(operation, world),
      );
      expect([status, status < 300 ? "" : text]).toEqual([successStatus(operation), ""]);
    }
  },
);
