import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Once per run, for all projects: the database server and its migrated template.
    globalSetup: ["packages/server/test/global-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // An error that belongs to no test, such as an unhandled rejection, fails the run.
    dangerouslyIgnoreUnhandledErrors: false,
    // A process and not a thread per worker: tests send signals and change folders.
    pool: "forks",
    projects: [
      {
        test: {
          name: "unit",
          setupFiles: ["packages/server/test/setup-file.ts"],
          include: ["packages/*/{src,test}/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"],
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "journeys",
          include: ["e2e/**/*.test.ts"],
          // After the others and one at a time: a journey starts servers and a browser.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
