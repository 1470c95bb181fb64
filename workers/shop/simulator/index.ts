/** The Worker of the shop's simulator: each minute it tells the products what its customers did. */
import { majorOf, type Contract } from '@meshloop/contract'
import { accounts } from '@meshloop/customer-accounts'
import { newsletter } from '@meshloop/marketing-newsletter'
import { orders } from '@meshloop/purchase-orders'
import type { SimulatorEnv } from './src/sending/settings.ts'
import { createSimulator } from './src/sending/worker.ts'

const refOf = (contract: Contract) => ({ product: contract.id, major: majorOf(contract) })

const simulator = createSimulator({
  fetch: (...call) => fetch(...call),
  now: () => Date.now(),
  products: [refOf(orders), refOf(accounts), refOf(newsletter)],
})

export default {
  fetch: (request, env) => simulator.answer(request, env),
  scheduled: (_controller, env) => simulator.run(env),
} satisfies ExportedHandler<SimulatorEnv>
