/** The storefront's addresses: each a page for people and JSON for programs, both through the same functions. */
import { Hono } from 'hono'
import { changeAddress } from './address.ts'
import { readAlarms } from './alarm.ts'
import { addressForm, checkoutForm } from './forms.ts'
import { checkout } from './checkout.ts'
import { confirm, readConfirmation } from './confirm.ts'
import { readMeasured } from './coverage.ts'
import { recentCustomers } from './customer.ts'
import type { StorefrontApp, StorefrontEnv, World } from './env.ts'
import { messageJson, readInbox } from './inbox.ts'
import { readAddress, readAnswer, readCheckout, readCustomer } from './input.ts'
import { orderJson } from './order.ts'
import { instant } from './outbox/products.ts'
import { alarmsPage } from './pages/alarms-page.tsx'
import { confirmPage } from './pages/confirm-page.tsx'
import { inboxPage } from './pages/inbox-page.tsx'
import { orderPage } from './pages/order-page.tsx'
import { problemHelpPage } from './pages/problem-page.tsx'
import { startPage } from './pages/start-page.tsx'
import { stylesheet } from './pages/style.ts'
import { ownSiteOnly } from './own-site.ts'
import { base, customerPath, orderPath } from './paths.ts'
import { answerError, answerProblem } from './problem-response.ts'
import { StorefrontError, storefrontProblems, type StorefrontCode } from './problems.ts'
import { readBody, wantsPage } from './request.ts'
import { securityHeaders } from './security-headers.ts'
import { answerForm, showShop } from './shop-view.ts'

/** Makes the app; `worldOf` keeps one world an isolate. */
export function createStorefront(worldOf: (env: StorefrontEnv) => World) {
  return new Hono<StorefrontApp>({ strict: false })
    .basePath(base)
    .use(securityHeaders())
    .use(ownSiteOnly())
    .use(async (c, next) => {
      c.set('world', worldOf(c.env))
      await next()
    })
    .get('/', async (c) => c.html(startPage(await recentCustomers(c.var.world.db))))
    .get('/style.css', (c) => c.body(stylesheet, 200, { 'content-type': 'text/css; charset=utf-8' }))
    .post('/sign-in', async (c) => {
      const { fields } = await readBody(c)
      return c.redirect(customerPath(readCustomer(fields['customer_id']?.trim())), 303)
    })
    .get('/customers/:customer', async (c) => showShop(c, readCustomer(c.req.param('customer')), {}))
    .post('/checkout', async (c) => {
      const { isForm, body, fields } = await readBody(c)
      if (!isForm) {
        const { order, again } = await checkout(c.var.world, readCheckout(body))
        c.header('location', orderPath(order.order_id))
        return c.json(orderJson(order), again ? 200 : 201)
      }
      return answerForm(c, fields, 'checkout', async () => {
        const { order } = await checkout(c.var.world, readCheckout(checkoutForm(fields, c.var.world.newId)))
        return c.redirect(orderPath(order.order_id), 303)
      })
    })
    .post('/address', async (c) => {
      const { isForm, body, fields } = await readBody(c)
      if (!isForm) return c.json(await changeAddress(c.var.world, readAddress(body)), 201)
      return answerForm(c, fields, 'address', async () => {
        const changed = await changeAddress(c.var.world, readAddress(addressForm(fields)))
        return c.redirect(`${customerPath(fields['customer_id'] ?? '')}?moved=${changed.address_id}`, 303)
      })
    })
    .get('/orders/:order', async (c) => {
      const { world } = c.var
      const order = await readMeasured(world, c.req.param('order'))
      if (!wantsPage(c)) return c.json(orderJson(order))
      // Without a script: the page asks again while the order is on its way to the flag.
      if (order.covered_seen_ms === null && world.now() - order.placed_ms < 300_000) c.header('refresh', '5')
      return c.html(orderPage(order, world.catalog, world.now()))
    })
    .get('/inbox/:customer', async (c) => {
      const { world } = c.var
      const customerId = readCustomer(c.req.param('customer'))
      const messages = await readInbox(world.db, customerId, world.now())
      return wantsPage(c)
        ? c.html(inboxPage(customerId, messages))
        : c.json({ messages: messages.map(messageJson) })
    })
    .get('/confirm/:token', async (c) => {
      const { world } = c.var
      return c.html(
        confirmPage(
          c.req.param('token'),
          await readConfirmation(world.db, c.req.param('token')),
          world.now(),
        ),
      )
    })
    .post('/confirm/:token', async (c) => {
      const { isForm, body } = await readBody(c)
      const order = await confirm(c.var.world, c.req.param('token'), readAnswer(body))
      return isForm ? c.redirect(orderPath(order.order_id), 303) : c.json(orderJson(order))
    })
    .get('/alarms', async (c) => {
      const state = await readAlarms(c.var.world.db, c.var.world.now())
      if (wantsPage(c)) return c.html(alarmsPage(state))
      const { alarms, today } = state
      return c.json({
        alarms: alarms.map(({ first_ms, last_ms, ...alarm }) => ({
          ...alarm,
          first_at: instant(first_ms),
          last_at: instant(last_ms),
        })),
        flags_today: today,
      })
    })
    .get('/problems/:code', (c) => {
      const code = c.req.param('code')
      if (!isCode(code)) throw new StorefrontError('not_found', 'The shop has no problem of that name.')
      return c.html(problemHelpPage(code))
    })
    .notFound((c) =>
      answerProblem(new StorefrontError('not_found', 'The shop has nothing at this address.'), c),
    )
    .onError(answerError)
}

const isCode = (code: string): code is StorefrontCode => Object.hasOwn(storefrontProblems, code)
