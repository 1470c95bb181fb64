/** The commands about access: `mesh grant`, `mesh client`, `mesh key`. */
import { type Command, Option } from 'commander'
import type { AccessOptions } from './access/access-api.ts'
import type { MakeClientOptions, MakeKeyOptions, ShowClientOptions } from './commands/client.ts'
import type { AskOptions, DecideOptions, ListOptions, OneOptions } from './commands/grant.ts'
import type { CommandContext } from './mesh/target.ts'

/** Adds them. */
export function accessCommands(mesh: Command, context: CommandContext): void {
  grantCommands(mesh.command('grant').description('who may read what: ask, decide, see'), context)
  const client = mesh.command('client').description('consumers and sources')
  withMesh(
    client
      .command('make')
      .description('make a consumer or a source of a domain')
      .argument('<id>', '<domain>.<name>, e.g. marketing.reports')
      .addOption(
        new Option('--kind <kind>', 'what it is').choices(['consumer', 'source']).default('consumer'),
      )
      .option('--domain <domain>', 'domain that it belongs to (default: the first part of its id)')
      .option('--products <products>', 'of a source: the products that it sends to'),
  ).action(async (id: string, options: MakeClientOptions) =>
    (await import('./commands/client.ts')).makeClient(id, options, context),
  )
  withMesh(
    client
      .command('show')
      .description('a client and its keys: when each was made, used last, ends')
      .argument('<id>', 'id of the client')
      .option('--json', 'print JSON'),
  ).action(async (id: string, options: ShowClientOptions) =>
    (await import('./commands/client.ts')).showClient(id, options, context),
  )
  const key = mesh.command('key').description('keys of clients; several may count at a time')
  key
    .command('pair')
    .description('print a new Ed25519 private key as a JWK, for a secret or a source that signs')
    .action(async () => (await import('./commands/key-pair.ts')).keyPair(context))
  withMesh(
    key
      .command('make')
      .description('make a key and print it, this once')
      .argument('<client>', 'id of the client')
      .option('--until <time>', 'when it ends, RFC 3339 (default: when it is revoked)')
      .option('--public-key <file>', 'register this Ed25519 public key (JWK) of a source instead'),
  ).action(async (id: string, options: MakeKeyOptions) =>
    (await import('./commands/client.ts')).makeKey(id, options, context),
  )
  withMesh(
    key
      .command('revoke')
      .description('revoke a key; within a minute no token that it bought is taken')
      .argument('<client>', 'id of the client')
      .argument('<key>', 'id of the key, as `mesh client show` prints it'),
  ).action(async (id: string, keyId: string, options: AccessOptions) =>
    (await import('./commands/client.ts')).revokeKey(id, keyId, options, context),
  )
}

function grantCommands(grant: Command, context: CommandContext): void {
  withTerms(
    withMesh(
      grant
        .command('ask')
        .description('ask the owner of a product for a grant')
        .argument('<product>', 'id of the product, e.g. purchase.orders')
        .requiredOption('--for <consumer>', 'client id of the consumer')
        .requiredOption('--purpose <words>', 'what for')
        .option('--major <n>', 'major of the product (default: the newest)'),
    ),
  ).action(async (product: string, options: AskOptions) =>
    (await import('./commands/grant.ts')).ask(product, options, context),
  )
  withMesh(
    grant
      .command('list')
      .description('requests that wait, and grants')
      .option('--product <product>', 'only of this product')
      .option('--for <consumer>', 'only of this consumer')
      .option('--json', 'print JSON'),
  ).action(async (options: ListOptions) => (await import('./commands/grant.ts')).list(options, context))
  withTerms(
    withMesh(
      grant
        .command('approve')
        .description('approve a request, as it is asked or narrower')
        .argument('<request>', 'id of the request, or the product with --for')
        .option('--for <consumer>', 'client id of the consumer')
        .option('--reason <words>', 'what the consumer is told'),
    ),
  ).action(async (id: string, options: DecideOptions) =>
    (await import('./commands/grant.ts')).approve(id, options, context),
  )
  withMesh(
    grant
      .command('refuse')
      .description('refuse a request')
      .argument('<request>', 'id of the request, or the product with --for')
      .option('--for <consumer>', 'client id of the consumer')
      .requiredOption('--reason <words>', 'what the consumer is told'),
  ).action(async (id: string, options: DecideOptions) =>
    (await import('./commands/grant.ts')).refuse(id, options, context),
  )
  withMesh(
    grant
      .command('withdraw')
      .description('take a request back')
      .argument('<request>', 'id of the request, or the product with --for')
      .option('--for <consumer>', 'client id of the consumer'),
  ).action(async (id: string, options: OneOptions) =>
    (await import('./commands/grant.ts')).withdraw(id, options, context),
  )
  withTerms(
    withMesh(
      grant
        .command('change')
        .description('change what a grant shows; what is not said stays')
        .argument('<grant>', 'id of the grant, or the product with --for')
        .option('--for <consumer>', 'client id of the consumer')
        .requiredOption('--reason <words>', 'what the consumer is told'),
    ),
  ).action(async (id: string, options: DecideOptions) =>
    (await import('./commands/grant.ts')).change(id, options, context),
  )
  withMesh(
    grant
      .command('revoke')
      .description('revoke a grant; within a minute no token of it is taken')
      .argument('<grant>', 'id of the grant, or the product with --for')
      .option('--for <consumer>', 'client id of the consumer')
      .requiredOption('--reason <words>', 'what the consumer is told'),
  ).action(async (id: string, options: DecideOptions) =>
    (await import('./commands/grant.ts')).revoke(id, options, context),
  )
}

const withMesh = (command: Command): Command =>
  command
    .option(
      '--as <client>',
      'whose key to use, of this checkout’s own mesh (default: MESH_KEY, else the operator’s)',
    )
    .option('--url <url>', 'the mesh (default: MESH_URL, else the one last started from this checkout)')

const withTerms = (command: Command): Command =>
  command
    .addOption(new Option('--fields <fields>', 'only these fields').conflicts('classes'))
    .option('--classes <classes>', 'only fields of these classes: public, internal, personal, sensitive')
    .option('--rows <conditions...>', 'only rows for which all hold: field=value or field[operator]=value')
    .option('--totals', 'totals alone, no records')
    .option('--until <time>', 'when it ends: a day or an RFC 3339 time')
    .option('--rows-per-day <rows>', 'rows that the database may read for it on a day (UTC), or none')
