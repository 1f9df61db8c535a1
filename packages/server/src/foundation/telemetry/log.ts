/** Structured logs, one JSON object a line on stderr. Secrets never get into a log call. */
import pino, { destination, type Logger } from "pino";

export type Log = Logger;

export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      // Second line of defence, should a header object ever be logged.
      redact: [
        "authorization",
        "headers.authorization",
        "*.password",
        "*.clientSecret",
        "*.secret",
      ],
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    // stdout belongs to what a command answers.
    destination({ dest: 2, sync: true }),
  );
}
