/** The `.md` twins of the pages of webhooks. */
import type { Delivery } from '../../notices/webhooks.ts'
import type { Webhook } from '../../notices/webhook-store.ts'
import { lines, table, text } from '../markdown-text.ts'
import { answerWords } from './webhook-page.tsx'

/** All of somebody. */
export const webhooksMarkdown = (webhooks: readonly Webhook[]): string =>
  lines([
    '# Webhooks',
    '',
    ...(webhooks.length === 0
      ? ['None.']
      : webhooks.map(
          ({ id, owner, url, ended_at }) =>
            `- ${owner}: ${text(url)}, ${stateWords({ ended_at })}; /webhooks/${id}.md`,
        )),
  ])

/** One, with its delivery log. */
export const webhookMarkdown = ({
  id,
  owner,
  url,
  ended_at,
  deliveries,
}: Webhook & { readonly deliveries: readonly Delivery[] }): string =>
  lines([
    `# Webhook ${id} of ${owner}`,
    '',
    `- Address: ${text(url)}`,
    `- State: ${stateWords({ ended_at })}`,
    '',
    '## Deliveries',
    '',
    ...table(
      ['message', 'type', 'at', 'state', 'tried', 'last answer'],
      deliveries.map((delivery) => [
        delivery.notice,
        delivery.type,
        delivery.at,
        delivery.state,
        String(delivery.attempts),
        text(answerWords(delivery)),
      ]),
    ),
    ...(deliveries.length === 0 ? ['None.'] : []),
  ])

const stateWords = ({ ended_at }: Pick<Webhook, 'ended_at'>): string =>
  ended_at === null ? 'active' : `ended ${ended_at}`
