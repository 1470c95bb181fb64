/** The few articles of the shop's page. Prices are the shop's, never the form's. */

/** An article; its price is in cents of whatever currency the customer pays in. */
export interface Article {
  readonly id: string
  readonly name: string
  readonly cents: number
}

/** All of them. */
export const articles: readonly Article[] = [
  { id: 'teapot', name: 'Cast-iron teapot', cents: 3_490 },
  { id: 'blanket', name: 'Wool blanket', cents: 8_900 },
  { id: 'lamp', name: 'Reading lamp', cents: 5_950 },
  { id: 'notebook', name: 'Linen notebook', cents: 1_200 },
]
