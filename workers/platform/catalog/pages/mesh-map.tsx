/** The mesh as a drawing: products, what is built on what, and the flags that go back into apps. */
import type { ProductSummary } from '../products/documents.ts'
import type { Verdict } from '../products/live-state.ts'
import { verdictShape, verdictWords } from './icons.tsx'
import { layOut, type MapNode, type Placed } from './map-layout.ts'

interface Box extends MapNode {
  readonly title: string
  readonly label: string
  readonly href: string
  readonly kind: 'source' | 'derived' | 'flags'
  readonly verdict: Verdict | undefined
}

const width = 248
/** Longer titles would run into the sign of their state. */
const maxTitleChars = 22
const height = 64
const gapX = 84
const gapY = 24
const margin = 8

/** The drawing. The same is told as a list by the products' cards, each with its inputs. */
export function MeshMap({ products }: { products: readonly ProductSummary[] }) {
  const majors = new Map<string, readonly number[]>()
  for (const { id, major } of products) majors.set(id, [...(majors.get(id) ?? []), major])
  const placed = layOut(products.flatMap((product) => boxesOf(product, majors)))
  if (placed.length < 2) return null
  const top = Math.min(...placed.map(({ row }) => row))
  const spot = ({ column, row }: Placed<Box>) => ({
    x: margin + column * (width + gapX),
    y: margin + (row - top) * (height + gapY),
  })
  const at = new Map(placed.map((box) => [box.node.id, spot(box)]))
  const right = Math.max(...placed.map((box) => spot(box).x)) + width + margin
  const bottom = Math.max(...placed.map((box) => spot(box).y)) + height + margin
  return (
    <div class="map" role="region" aria-label="Map of the mesh" tabindex={0}>
      <svg
        viewBox={`0 0 ${right} ${bottom}`}
        width={right}
        height={bottom}
        role="group"
        aria-label="Products and what is built on them"
      >
        {placed.flatMap(({ node }) =>
          node.inputs.map((input) => <Line from={at.get(input)} to={at.get(node.id)} kind={node.kind} />),
        )}
        {placed.map((box) => (
          <Node box={box.node} {...spot(box)} />
        ))}
      </svg>
    </div>
  )
}

/** What reads an older major that is not drawn is drawn to the newer one: it is the same product. */
function boxesOf(product: ProductSummary, majors: ReadonlyMap<string, readonly number[]>): readonly Box[] {
  const { id, major, title, inputs, flags, state, page } = product
  const node = nameOf(id, major)
  const box: Box = {
    id: node,
    title,
    label: id,
    href: page,
    kind: inputs.length > 0 ? 'derived' : 'source',
    verdict: state.verdict,
    inputs: inputs.map((input) => {
      const drawn = majors.get(input.product) ?? []
      return nameOf(input.product, drawn.includes(input.major) ? input.major : Math.max(0, ...drawn))
    }),
  }
  if (flags === null) return [box]
  const out: Box = {
    id: `${node} flags`,
    title: 'Flags for apps',
    label: `${flags} · signed, read at the edge`,
    href: `${page}#flags`,
    kind: 'flags',
    verdict: undefined,
    inputs: [node],
  }
  return [box, out]
}

const nameOf = (id: string, major: number): string => `${id}/v${major}`

interface Spot {
  readonly x: number
  readonly y: number
}

function Line({ from, to, kind }: { from: Spot | undefined; to: Spot | undefined; kind: Box['kind'] }) {
  if (!from || !to) return null
  const [x1, y1, x2, y2] = [from.x + width, from.y + height / 2, to.x, to.y + height / 2]
  const bend = Math.max(40, (x2 - x1) / 2)
  return <path class={`line ${kind}`} d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`} />
}

function Node({ box, x, y }: { box: Box } & Spot) {
  return (
    <a href={box.href} class={`node ${box.kind}`}>
      <rect x={x} y={y} width={width} height={height} rx={box.kind === 'flags' ? height / 2 : 10} />
      <text class="title" x={x + 18} y={y + 28}>
        {shortened(box.title)}
      </text>
      <text class="label" x={x + 18} y={y + 47}>
        {box.label}
      </text>
      {box.verdict && (
        <svg
          x={x + width - 32}
          y={y + 12}
          width="16"
          height="16"
          viewBox="0 0 16 16"
          class={`dot ${box.verdict}`}
          role="img"
          aria-label={verdictWords[box.verdict]}
        >
          <path fill-rule="evenodd" d={verdictShape(box.verdict)} />
        </svg>
      )}
    </a>
  )
}

const shortened = (title: string): string =>
  title.length > maxTitleChars ? `${title.slice(0, maxTitleChars - 1).trimEnd()}…` : title
