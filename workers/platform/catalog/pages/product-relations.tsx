/** What a product has to do with others: lineage, sources, joins. */
import type { ProductDocument } from '../products/documents.ts'
import type { Neighbour } from '../products/lineage.ts'
import { formatTime } from './format.ts'

/** Inputs, the product itself, and what is built on it. */
export function LineageView({ product }: { product: ProductDocument }) {
  const { inputs, outputs } = product.lineage
  return (
    <div class="lineage">
      <div>
        <h3>Built on</h3>
        {inputs.length === 0 ? (
          <p class="quiet">nothing: its data comes from its sources</p>
        ) : (
          <Neighbours of={inputs} />
        )}
      </div>
      <div class="self">
        <h3>This product</h3>
        <p>
          <strong>{product.title}</strong> <code>{product.id}</code>
        </p>
      </div>
      <div>
        <h3>Used by products</h3>
        {outputs.length === 0 ? <p class="quiet">none yet</p> : <Neighbours of={outputs} />}
      </div>
    </div>
  )
}

function Neighbours({ of }: { of: readonly Neighbour[] }) {
  return (
    <ul>
      {of.map(({ id, major, title }) => (
        <li>
          {title === null ? (
            <>
              <code>
                {id} v{major}
              </code>{' '}
              <span class="quiet">not registered</span>
            </>
          ) : (
            <>
              <a href={`/products/${id}?major=${major}`}>{title}</a>{' '}
              <code>
                {id} v{major}
              </code>
            </>
          )}
        </li>
      ))}
    </ul>
  )
}

/** How far each source or input has come. */
export function Progress({ product: { state, lineage } }: { product: ProductDocument }) {
  if (state.progress.length === 0) return null
  const what = lineage.inputs.length > 0 ? 'Input' : 'Source'
  return (
    <div class="scroll" role="region" aria-label={`${what}s`} tabindex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{what}</th>
            <th scope="col">Complete up to</th>
            <th scope="col">Batches that wait for a missing one</th>
          </tr>
        </thead>
        <tbody>
          {state.progress.map(({ name, as_of, waiting }) => (
            <tr>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>{as_of === null ? 'not said yet' : <time datetime={as_of}>{formatTime(as_of)}</time>}</td>
              <td>{waiting}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Fields that mean the same in another product. */
export function Joins({ product: { joins } }: { product: ProductDocument }) {
  if (joins.length === 0) return null
  return (
    <>
      <h3>Joins with</h3>
      <ul class="joins">
        {joins.map(({ field, product, their_field }) => (
          <li>
            <code>{field}</code> = <a href={`/products/${product}`}>{product}</a> <code>{their_field}</code>
          </li>
        ))}
      </ul>
    </>
  )
}
