/** The platform's limits, held in code because the local simulator does not enforce them all. */

/** D1: bound parameters of one statement. */
export const MAX_PARAMETERS = 100
/** D1: arguments of one SQL function. */
export const MAX_ARGUMENTS = 32
/** D1: columns of a table or a result. */
export const MAX_COLUMNS = 100
/** Columns of `records` that every product has beside its fields. */
export const SYSTEM_COLUMNS = 5
/** D1: bytes of one bound value are at most 2,000,000; ours stay well below. */
export const MAX_CHUNK_BYTES = 1_600_000
/** Bytes of one row as it is written: one alone is a bound value too. */
export const MAX_ROW_BYTES = MAX_CHUNK_BYTES - 2
/** Bytes of the key of one record, as the JSON array of its parts: a Worker's address has 16 KB, and steps of a derivation take hundreds of keys. */
export const MAX_KEY_BYTES = 2_048
/** D1: queries of one invocation are at most 1,000; what stands beside the rows of a request takes the rest. */
export const MAX_QUERIES = 980
/** Rows written by one statement. */
export const MAX_CHUNK_ROWS = 2_000
/** Bytes of one ingest body: a batch is one transaction of at most 30 s and one isolate's memory. */
export const MAX_BODY_BYTES = 4_000_000
/** Rows of one ingest body that is one transaction. */
export const MAX_BODY_ROWS = 20_000
/** Rows that a streamed body is taken in by: each time one transaction. */
export const MAX_BATCH_ROWS = 5_000
/** Characters of such rows. */
export const MAX_BATCH_CHARS = 2_000_000
/**
 * Rows of a streamed body. 5,000 rows are at most three chunks, or five where they are as long as they may be; each chunk
 * takes two queries for each rollup, and few beside: so many rows fit in MAX_QUERIES of a contract with four rollups, and where
 * they do not, the last of them are refused and what was taken is told.
 */
export const MAX_STREAM_ROWS = 100_000
/** Bytes of a streamed body, unpacked. */
export const MAX_STREAM_BYTES = 100_000_000
/** Quarantined rows that are kept of one source; those that came at the same moment as the last of them too. */
export const MAX_QUARANTINED = 10_000
/** Records of one page. */
export const MAX_LIMIT = 1_000
/** Levels of brackets in what is sent: parsers and serialisers overflow long before they are done with a deep value. */
export const MAX_DEPTH = 32
/** How far a source's clock may be ahead of ours: versions and claims beyond are refused. */
export const MAX_AHEAD_MS = 5 * 60_000
/** Chunks of one streamed answer: each is one of D1's 1,000 queries an invocation. */
export const MAX_STREAM_QUERIES = 900

/** What is in quarantine is counted up to here where it is asked for again and again: the status reads no more rows than that. */
export const MAX_COUNTED = 10_001
