/** `mesh quarantine …`: what a product did not take of a source. */
import { Option, type Command } from 'commander'
import type { ListOptions, QuarantineOptions } from './commands/quarantine.ts'
import type { CommandContext } from './mesh/target.ts'

/** Adds the commands. */
export function quarantineCommands(mesh: Command, context: CommandContext): void {
  const quarantine = mesh.command('quarantine').description('rows of a source that a product did not take')
  const commands = () => import('./commands/quarantine.ts')
  const add = (name: string, description: string) =>
    quarantine
      .command(name)
      .description(description)
      .argument('<product>', 'id of the product, e.g. purchase.orders')
      .option('--as <source>', 'the source, by name or client id', 'file')
      .addOption(new Option('--key-file <file>', 'private key that the source signs with, of mesh key pair (default: a client key)')) // prettier-ignore
      .addOption(new Option('--url <url>', 'the mesh (default: MESH_URL, else the one last started from this checkout)')) // prettier-ignore
  add('list', 'list them with the reasons, the newest first')
    .option('--code <code>', 'only rows with an error of this code, e.g. unknown_field')
    .option('--letters', 'batches of the queue that were set aside, instead of rows')
    .option('--limit <n>', 'rows at most (default: 20)')
    .option('--json', 'print JSON, with the rows')
    .action(async (product: string, options: ListOptions) =>
      (await commands()).listQuarantined(product, options, context),
    )
  add('replay', 'have them judged again by the contract of today; what fits is taken')
    .argument('[ids...]', 'only these (default: all)')
    .action(async (product: string, ids: string[], options: QuarantineOptions) =>
      (await commands()).replayQuarantined(product, ids, options, context),
    )
  add('letters', 'take batches of the queue up again that were set aside, after a fix')
    .argument('[ids...]', 'only these (default: all)')
    .action(async (product: string, ids: string[], options: QuarantineOptions) =>
      (await commands()).takeUpLetters(product, ids, options, context),
    )
  add('discard', 'give rows up that will never fit')
    .argument('<ids...>', 'ids of the rows')
    .action(async (product: string, ids: string[], options: QuarantineOptions) =>
      (await commands()).discardQuarantined(product, ids, options, context),
    )
}
