/** The page of policies: what is asked of every product and why, what domains ask of theirs, and who is excepted. */
import type { Session } from '../people/sessions.ts'
import type { PoliciesDocument, RecordedException } from '../governance/policies-document.ts'
import { Chip, Fact, Section, Support, Table } from './fact.tsx'
import { formatDuration } from './format.ts'
import { page } from './page.tsx'

/** The page. */
export function policiesPage({ policies, domains, exceptions }: PoliciesDocument, session: Session | null) {
  const content = (
    <article class="policies">
      <h1>Policies</h1>
      <p class="lead">
        Small rules that every product keeps. They run in each team’s own checks and again when it registers:
        an error stops a registration, a warning is shown on the product’s page.
      </p>
      <Section id="mesh" title="Asked of every product">
        <Rules label="Policies of the mesh" rules={policies} />
      </Section>
      <Section id="domains" title="What domains add for their own">
        {domains.length === 0 && <p class="quiet">No domain has said anything of itself yet.</p>}
        {domains.map((domain) => (
          <Domain domain={domain} />
        ))}
      </Section>
      <Section id="exceptions" title="Exceptions">
        <p>Recorded by the operator alone, each with somebody who answers for it, a reason and an end.</p>
        {exceptions.length === 0 ? (
          <p class="quiet">There is none.</p>
        ) : (
          <Table
            label="Recorded exceptions"
            columns={['Product', 'Policy', 'Answered for by', 'Reason', 'Until']}
          >
            {exceptions.map((exception) => (
              <ExceptionRow exception={exception} />
            ))}
          </Table>
        )}
      </Section>
    </article>
  )
  return page({ title: 'Policies', twins: '/policies', session, children: content })
}

type Rule = PoliciesDocument['policies'][number]

function Rules({ label, rules }: { label: string; rules: readonly Rule[] }) {
  return (
    <Table label={label} columns={['Policy', 'Why it is there', 'How to keep it']}>
      {rules.map(({ id, severity, reason, remedy }) => (
        <tr id={`policy-${id}`}>
          <th scope="row">
            <code>{id}</code>
            <span class="more">
              <Chip kind={severity}>{severity}</Chip>
            </span>
          </th>
          <td>{reason}</td>
          <td>{remedy}</td>
        </tr>
      ))}
    </Table>
  )
}

function Domain({ domain }: { domain: PoliciesDocument['domains'][number] }) {
  const { domain: name, team, support, limits, rules = [] } = domain
  const qualified = rules.map((rule) => ({ ...rule, id: `${name}/${rule.id}` }))
  return (
    <section class="domain-rules" aria-labelledby={`domain-${name}`}>
      <h3 id={`domain-${name}`}>{name}</h3>
      <dl class="facts">
        <Fact name="Team">{team}</Fact>
        <Fact name="Support">
          <Support contact={support} />
        </Fact>
        {limits?.personalRetention && (
          <Fact name="Personal data are promised for">
            at most {formatDuration(limits.personalRetention)}
          </Fact>
        )}
      </dl>
      {qualified.length > 0 && <Rules label={`Rules of ${name}`} rules={qualified} />}
    </section>
  )
}

function ExceptionRow({ exception }: { exception: RecordedException }) {
  const { policy, product, path, owner, reason, expires, in_force } = exception
  return (
    <tr>
      <th scope="row">
        <a href={`/products/${product}`}>{product}</a>
        {path !== undefined && <code class="more">{path}</code>}
      </th>
      <td>
        <code>{policy}</code>
      </td>
      <td>{owner}</td>
      <td>{reason}</td>
      <td>
        <time datetime={expires}>{expires}</time>
        {!in_force && <span class="more">excuses nothing now</span>}
      </td>
    </tr>
  )
}
