/** The domain marketing: who it is, and what it asks of its own products beyond the mesh's policies. */
import { defineDomain } from '@meshloop/contract/policies'

/** A campaign is compared with that of the year before. */
export const domain = defineDomain({
  domain: 'marketing',
  team: 'Marketing',
  support: 'marketing-data@shop.example',
  limits: { personalRetention: 'P730D' },
  rules: [
    {
      id: 'nothing-sensitive',
      severity: 'error',
      reason: 'Campaigns are not chosen by health, faith or the like, so these products have no use for it.',
      remedy: 'Leave the field out.',
      fields: { classes: ['sensitive'] },
    },
  ],
})
