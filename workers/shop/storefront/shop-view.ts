/** The shop's page for a customer, with everything that it shows gathered. */
import type { Context } from 'hono'
import { readAlarms } from './alarm.ts'
import { noteCoverage } from './coverage.ts'
import { welcome } from './customer.ts'
import type { StorefrontApp } from './env.ts'
import { readFlag } from './flag.ts'
import { readInbox } from './inbox.ts'
import { readCustomer } from './input.ts'
import { readOrders } from './order.ts'
import type { FormState } from './pages/shop-forms.tsx'
import { shopPage } from './pages/shop-page.tsx'
import { StorefrontError } from './problems.ts'

/** Alarms are shown to customers for this long. */
const ALARM_SHOWN_MS = 3_600_000

/** Answers with the page. */
export async function showShop(
  c: Context<StorefrontApp>,
  customerId: string,
  state: FormState,
  status: 200 | 400 = 200,
): Promise<Response> {
  const { db, now, newId, catalog } = c.var.world
  const customer = await welcome(c.var.world, customerId)
  const { seen } = await readFlag(c.var.world, customerId)
  const covered = noteCoverage(db, seen, now())
  if (covered.length > 0) await db.batch([...covered])
  const [orders, messages, { alarms }] = await Promise.all([
    readOrders(db, customerId),
    readInbox(db, customerId, now()),
    readAlarms(db, now()),
  ])
  const moved = c.req.query('moved')
  const content = {
    customer,
    flag: seen,
    orders,
    messages,
    alarms: alarms.filter(({ last_ms }) => now() - last_ms < ALARM_SHOWN_MS),
    catalog,
    cartId: newId(),
    nowMs: now(),
    state,
    ...(moved === undefined ? {} : { moved }),
  }
  return c.html(shopPage(content), status)
}

/** Acts on a form; mistakes come back with the form and everything that was entered. */
export async function answerForm(
  c: Context<StorefrontApp>,
  fields: Readonly<Record<string, string>>,
  form: 'checkout' | 'address',
  act: () => Promise<Response>,
): Promise<Response> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof StorefrontError) || error.code !== 'input_invalid') throw error
    return showShop(c, readCustomer(fields['customer_id']), { form, fields, errors: error.errors }, 400)
  }
}
