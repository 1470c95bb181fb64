/** The two forms of every part of an export. Apart from the files themselves: the OpenAPI document is made without a bucket. */

/** Media types by form. */
export const fileFormats = {
  parquet: 'application/vnd.apache.parquet',
  ndjson: 'application/x-ndjson',
} as const

/** A form of a part. */
export type FileFormat = keyof typeof fileFormats
