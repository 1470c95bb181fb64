/** The domain purchase: who it is, and what it asks of its own products beyond the mesh's policies. */
import { defineDomain } from '@meshloop/contract/policies'

/** Orders are needed for two years: then they count for the books alone, which are no data product. */
export const domain = defineDomain({
  domain: 'purchase',
  team: 'Purchase',
  support: 'purchase-data@shop.example',
  limits: { personalRetention: 'P730D' },
  rules: [
    {
      id: 'amounts-are-not-negative',
      severity: 'error',
      reason:
        'What is paid back is told by the status of an order: a negative amount would be counted twice.',
      remedy: 'Give the amount min: 0.',
      fields: { kinds: ['money'] },
      require: ['min'],
    },
    {
      id: 'quality-is-promised',
      severity: 'error',
      reason: 'Turnover is reported from these products: what is wrong in them is wrong in every report.',
      remedy: 'State rules under quality, at least that amounts are there when an order is paid.',
      require: ['quality', 'terms'],
    },
  ],
})
