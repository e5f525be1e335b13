// @ts-check
/** What can go wrong, and how it is said. */

/** An answer that says what went wrong. */
export class ServerError extends Error {}

/** There was no answer. */
export class UnreachableError extends Error {}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));
