/** The domain risk: who it is, and what it asks of its own products beyond the mesh's policies. */
import { defineDomain } from '@meshloop/contract/policies'

/** The risk of a customer who has not been seen for a year says nothing any more. */
export const domain = defineDomain({
  domain: 'risk',
  team: 'Risk',
  support: 'risk-data@shop.example',
  limits: { personalRetention: 'P365D' },
  rules: [
    {
      id: 'limits-of-a-score-are-said',
      severity: 'error',
      reason: 'A score is taken for a verdict unless somebody says what it is not.',
      remedy:
        'Say in limitations how it is made and what it does not tell, and in terms what it may be used for.',
      require: ['limitations', 'terms'],
    },
    {
      id: 'points-have-bounds',
      severity: 'warning',
      reason: 'Whoever reads a score must know what is much and what is little.',
      remedy: 'Give it min and max.',
      fields: { names: ['score', 'points'] },
      require: ['min', 'max'],
    },
  ],
})
