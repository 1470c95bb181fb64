/** Places products for a drawing: inputs to the left of what is built on them, near their neighbours. */

/** A box of the drawing. */
export interface MapNode {
  readonly id: string
  /** Ids of the nodes that it is built from. */
  readonly inputs: readonly string[]
}

/** A node with its place: column from the left, row from the top. */
export interface Placed<N> {
  readonly node: N
  readonly column: number
  readonly row: number
}

/** Places every node. Inputs that are not among the nodes are passed over; a circle ends at the number of nodes. */
export function layOut<N extends MapNode>(nodes: readonly N[]): readonly Placed<N>[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const columns: N[][] = []
  for (const node of nodes) {
    const column = depthOf(node, byId, nodes.length)
    ;(columns[column] ??= []).push(node)
  }
  const rows = new Map<string, number>()
  return columns.flatMap((column, at) => {
    const sorted = at === 0 ? column : column.toSorted((a, b) => middle(a, rows) - middle(b, rows))
    sorted.forEach((node, row) => rows.set(node.id, row - (sorted.length - 1) / 2))
    return sorted.map((node, row) => ({ node, column: at, row: row - (sorted.length - 1) / 2 }))
  })
}

function depthOf(node: MapNode, byId: ReadonlyMap<string, MapNode>, left: number): number {
  const inputs = node.inputs.flatMap((id) => byId.get(id) ?? [])
  if (inputs.length === 0 || left === 0) return 0
  return 1 + Math.max(...inputs.map((input) => depthOf(input, byId, left - 1)))
}

/** The mean row of the inputs: lines cross less if a node stands near where they come from. */
function middle({ inputs }: MapNode, rows: ReadonlyMap<string, number>): number {
  const known = inputs.flatMap((id) => rows.get(id) ?? [])
  return known.length === 0 ? 0 : known.reduce((sum, row) => sum + row, 0) / known.length
}
