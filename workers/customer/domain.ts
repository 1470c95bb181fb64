/** The domain customer: who it is, and what it asks of its own products beyond the mesh's policies. */
import { defineDomain } from '@meshloop/contract/policies'

/** Account events help against takeovers, which are noticed within months. */
export const domain = defineDomain({
  domain: 'customer',
  team: 'Customer',
  support: 'customer-data@shop.example',
  limits: { personalRetention: 'P365D' },
  rules: [
    {
      id: 'no-free-text-about-people',
      severity: 'error',
      reason: 'Nobody can say what people write into a free text about a customer, and nobody can class it.',
      remedy: 'Use an enum of what can be said, or an id.',
      fields: { kinds: ['text'], classes: ['personal', 'sensitive'] },
    },
    {
      id: 'terms-are-said',
      severity: 'error',
      reason: 'These products are about people: readers must know what they may do with them.',
      remedy: 'Say it in terms.',
      require: ['terms'],
    },
  ],
})
