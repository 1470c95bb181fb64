/** Text as bytes. */
const encoder = new TextEncoder()

/** The UTF-8 of a text, in a buffer of its own. */
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text) as Uint8Array<ArrayBuffer> // it shares none
