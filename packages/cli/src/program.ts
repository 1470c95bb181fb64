/** The command line: what can be asked for, and how mistakes are told. */
import { Command, CommanderError, Option } from 'commander'
import { accessCommands } from './access-commands.ts'
import type { AuditVerifyOptions } from './commands/audit-verify.ts'
import type { CheckOptions } from './commands/check.ts'
import type { ExportOptions } from './commands/contract-export.ts'
import type { ImportOptions } from './commands/contract-import.ts'
import type { DevOptions } from './commands/dev.ts'
import type { ExceptionOptions } from './commands/exception.ts'
import type { DiffOptions } from './commands/diff.ts'
import type { ExportFilesOptions } from './commands/export.ts'
import type { FlagOptions } from './commands/flag.ts'
import type { IngestOptions } from './commands/ingest.ts'
import type { MigrateOptions } from './commands/migrate.ts'
import type { QueryOptions } from './commands/query.ts'
import type { CommandContext } from './mesh/target.ts'
import type { TokenOptions } from './commands/token.ts'
import { describe, MeshError } from './mesh-error.ts'
import { quarantineCommands } from './quarantine-commands.ts'

/** Everything that a run of the command line depends on. */
export interface ProgramContext extends CommandContext {
  /** Ends `mesh dev`. */
  readonly stop: AbortSignal
}

/** Runs `mesh <args>`. @returns the exit code: 0, 1 for a mistake, 2 for arguments that cannot be read */
export async function run(args: readonly string[], context: ProgramContext): Promise<number> {
  try {
    await program(context).parseAsync([...args], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof MeshError)) throw error
    context.terminal.err(`${describe(error)}\n`)
    return 1
  }
}

/** Commands are loaded when they are asked for: only `dev` needs the runtime. */
function program(context: ProgramContext): Command {
  const { terminal } = context
  const mesh = new Command('mesh')
    .description(
      'A data mesh on the edge: data products with contracts, and a signed way back into the product.',
    )
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
    .showHelpAfterError('Run it with --help to see what there is.')

  mesh
    .command('dev')
    .description('run the whole mesh on this machine')
    .option('--port <port>', 'port to listen on', '8787')
    .option('--state <folder>', 'where data and keys are kept (default: .meshloop in the checkout)')
    .option('--no-live', 'the simulated shop stands still')
    .option('--no-seed', 'begin without the shop’s history')
    .option('--json', 'one line of JSON on stdout when ready, everything else on stderr')
    .action(async (options: DevOptions) =>
      (await import('./commands/dev.ts')).dev(options, context, context.stop),
    )

  mesh
    .command('token')
    .description('buy an access token for a product')
    .argument('<product>', 'id of the product, e.g. purchase.orders')
    .option('--scope <scopes>', 'what the token allows: read, aggregate, ingest, run, check, flags', 'read')
    .option('--as <source>', 'with --scope ingest: the source, by name or client id (default: file)')
    .addOption(keyFileOption())
    .addOption(majorOption())
    .addOption(urlOption())
    .action(async (product: string, options: TokenOptions) =>
      (await import('./commands/token.ts')).token(product, options, context),
    )

  mesh
    .command('ingest')
    .description('send a file of rows to a product; sending it again changes nothing')
    .argument('<product>', 'id of the product, e.g. purchase.orders')
    .argument('<file>', 'rows as .ndjson or .csv')
    .option('--as <source>', 'the source that sends, by name or client id', 'file')
    .addOption(keyFileOption())
    .option('--complete-up-to <time>', 'say that everything up to this time was sent (RFC 3339)')
    .addOption(urlOption())
    .action(async (product: string, file: string, options: IngestOptions) =>
      (await import('./commands/ingest.ts')).ingest(product, file, options, context),
    )

  mesh
    .command('query')
    .description('read records of a product, or its measures')
    .argument('<product>', 'id of the product, e.g. purchase.orders')
    .argument('[filters...]', 'field=value or field[operator]=value, all of which must hold')
    .option('--limit <n>', 'records or groups at most (default: 20)')
    .option('--sort <fields>', 'fields to order by; a minus in front: descending')
    .option('--fields <fields>', 'fields to show')
    .option('--aggregate <measures>', 'compute these measures of the contract instead')
    .option('--by <dimensions>', 'with --aggregate: group by these dimensions')
    .option('--json', 'print JSON')
    .option('--format <ndjson|csv>', 'write all records that match, or groups, for a file or another program')
    .addOption(majorOption())
    .addOption(urlOption())
    .action(async (product: string, filters: string[], options: QueryOptions) =>
      (await import('./commands/query.ts')).query(product, filters, options, context),
    )

  mesh
    .command('export')
    .description('download the newest bulk files of a product, verified')
    .argument('<product>', 'id of the product, e.g. purchase.orders')
    .option('--out <folder>', 'where the files go (default: a folder of the product’s id)')
    .option('--format <format>', 'parquet or ndjson', 'parquet')
    .addOption(majorOption())
    .addOption(urlOption())
    .action(async (product: string, options: ExportFilesOptions) =>
      (await import('./commands/export.ts')).exportFiles(product, options, context),
    )

  mesh
    .command('flag')
    .description('read a customer’s risk flag as the shop reads it')
    .argument('<customer_id>', 'id of the customer')
    .option('--json', 'print JSON')
    .addOption(urlOption())
    .action(async (customer: string, options: FlagOptions) =>
      (await import('./commands/flag.ts')).flag(customer, options, context),
    )

  mesh
    .command('migrate')
    .description('write the migration that a product’s database lacks')
    .argument('<product>', 'id of a product of this checkout')
    .option('--label <words>', 'what it does, for the name of the file', 'fields')
    .option(
      '--leave-empty <fields>',
      'new fields that are not filled from an older major’s: their rows are sent again',
    )
    .action(async (product: string, options: MigrateOptions) =>
      (await import('./commands/migrate.ts')).migrate(product, options, context),
    )

  mesh
    .command('check')
    .description(
      'judge contracts of this checkout as the catalog will: by the policies, and against what is registered',
    )
    .argument('[products...]', 'ids of products of this checkout (default: all)')
    .option('--offline', 'look at this checkout alone, not at what is registered')
    .option('--format <format>', 'text, json, or github: annotations of a pull request', 'text')
    .addOption(urlOption())
    .action(async (products: string[], options: CheckOptions) =>
      (await import('./commands/check.ts')).check(products, options, context),
    )

  mesh
    .command('exception')
    .description('have the operator record that a product is excepted from a policy for a time')
    .argument('<policy>', 'id of the policy, e.g. personal-retention')
    .argument('<product>', 'id of the product, e.g. purchase.orders')
    .requiredOption('--owner <who>', 'who answers for it')
    .requiredOption('--reason <why>', 'why it is right for now')
    .requiredOption('--expires <day>', 'its last day, YYYY-MM-DD; at most a year ahead')
    .option(
      '--path <path>',
      'the part of the contract that is excepted, e.g. fields.email (default: all of it)',
    )
    .addOption(urlOption())
    .action(async (policy: string, product: string, options: ExceptionOptions) =>
      (await import('./commands/exception.ts')).recordException(policy, product, options, context),
    )

  mesh
    .command('diff')
    .description('tell what a contract changes, whom it breaks, and which version that takes')
    .argument('<product>', 'id of a product of this checkout')
    .addOption(
      new Option(
        '--against <revision>',
        'compare with a git revision instead of what is registered; its contract.ts is run, with your rights',
      ).conflicts('url'),
    )
    .addOption(
      new Option('--format <format>', 'how to write it').choices(['text', 'json', 'github']).default('text'),
    )
    .addOption(urlOption())
    .action(async (product: string, options: DiffOptions) =>
      (await import('./commands/diff.ts')).diff(product, options, context),
    )

  quarantineCommands(mesh, context)
  accessCommands(mesh, context)
  auditCommands(mesh, context)
  contractCommands(mesh, context)
  return mesh
}

function auditCommands(mesh: Command, context: ProgramContext): void {
  mesh
    .command('audit')
    .description('the catalog’s audit log')
    .command('verify')
    .description('prove that the audit log is what it always was, or name the first entry that is not')
    .option(
      '--anchor <file>',
      'heads that somebody else remembers, beside those of this machine and the steward',
    )
    .option('--steward <url>', 'where the steward answers (default: where the catalog does)')
    .addOption(urlOption())
    .action(async (options: AuditVerifyOptions) =>
      (await import('./commands/audit-verify.ts')).verifyAudit(options, context),
    )
}

function contractCommands(mesh: Command, context: ProgramContext): void {
  const contract = mesh.command('contract').description('contracts as the documents of others, both ways')
  contract
    .command('export')
    .description('print the contract of a product of this checkout')
    .argument('<product>', 'id of the product, e.g. purchase.orders')
    .option('--format <format>', 'odcs, jsonschema, openapi, markdown, sql, tool or definition', 'odcs')
    .option('--yaml', 'YAML instead of JSON')
    .addOption(majorOption())
    .action(async (product: string, options: ExportOptions) =>
      (await import('./commands/contract-export.ts')).exportContract(product, options, context),
    )
  contract
    .command('import')
    .description('write contracts from an Open Data Contract Standard document, a product for each table')
    .argument('<file>', 'the document as YAML or JSON')
    .option('--domain <domain>', 'domain of the products (default: what the document says)')
    .option('--table <name>', 'only this table')
    .option('--product <name>', 'with one table: name of the product (default: after the table)')
    .option('--key <fields>', 'fields that identify a record, joined by commas')
    .option('--event-time <field>', 'field that tells when something happened')
    .option('--add-event-time <field>', 'new field for it, where the document has none')
    .option('--freshness <duration>', 'how old the data is at most, e.g. PT1H')
    .option('--team <name>', 'team that owns it')
    .option('--support <channel>', 'where to ask')
    .option('--purpose <words>', 'what it is for')
    .option('--into <folder>', 'where <domain>/<product> is made', 'workers')
    .action(async (file: string, options: ImportOptions) =>
      (await import('./commands/contract-import.ts')).importContract(file, options, context),
    )
}

const urlOption = (): Option =>
  new Option('--url <url>', 'the mesh (default: MESH_URL, else the one last started from this checkout)')

const majorOption = (): Option => new Option('--major <n>', 'major of the product (default: the newest)')

const keyFileOption = (): Option =>
  new Option(
    '--key-file <file>',
    'private key that the source signs with, of mesh key pair (default: a client key)',
  )
