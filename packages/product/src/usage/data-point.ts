/** One data point a request in Analytics Engine, where it is bound: for questions that the hours in the database do not answer. */
import type { Cost } from '../store/meter.ts'

/** A request that was answered or refused. */
export interface DataPoint {
  readonly product: string
  readonly major: number
  readonly port: string
  readonly consumer: string
  readonly status: number
  readonly cost: Cost
  readonly ms: number
}

/** Index: consumer. Blobs: product, major, port, status. Doubles: rows read, rows written, milliseconds. */
export function writeDataPoint(dataset: AnalyticsEngineDataset, request: DataPoint): void {
  const { product, major, port, consumer, status, cost, ms } = request
  dataset.writeDataPoint({
    // The platform takes 96 bytes of an index.
    indexes: [consumer.slice(0, 96)],
    blobs: [product, String(major), port, String(status)],
    doubles: [cost.rowsRead, cost.rowsWritten, ms],
  })
}
