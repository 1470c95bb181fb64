/** Addresses within the storefront. */

/** Where the storefront answers. */
export const base = '/shop/storefront'

/** A customer's page. */
export const customerPath = (customerId: string): string =>
  `${base}/customers/${encodeURIComponent(customerId)}`

/** An order's page. */
export const orderPath = (orderId: string): string => `${base}/orders/${encodeURIComponent(orderId)}`

/** A customer's inbox. */
export const inboxPath = (customerId: string): string => `${base}/inbox/${encodeURIComponent(customerId)}`

/** Where the link of a message leads. */
export const confirmPath = (token: string): string => `${base}/confirm/${encodeURIComponent(token)}`
