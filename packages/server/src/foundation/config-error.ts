/** Bad configuration: what is wrong and how to mend it, for the terminal. */
export class ConfigError extends Error {}
