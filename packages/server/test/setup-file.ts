/** Runs in each test file before its tests. */
import { afterAll } from "vitest";
import { keepObservations } from "./observe.ts";

afterAll(keepObservations);
