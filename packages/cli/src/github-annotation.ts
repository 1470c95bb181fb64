/** Annotations of a pull request: workflow commands of GitHub Actions, one a line on stdout. */
import { printable } from './terminal.ts'

/** What is said of a line of a file. */
export interface Annotation {
  readonly level: 'notice' | 'warning' | 'error'
  /** Relative to the root of the checkout. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly title: string
  /** Its lines. */
  readonly message: readonly string[]
}

/**
 * The command, with the end of its line. What comes from contracts cannot end it and begin another one.
 *
 * Source: GitHub Docs, "Workflow commands for GitHub Actions".
 */
export function annotation({ level, message, ...properties }: Annotation): string {
  const all = Object.entries(properties).map(
    ([name, value]) => `${name}=${inProperty(printable(String(value)))}`,
  )
  return `::${level} ${all.join(',')}::${inMessage(message.map(printable).join('\n'))}\n`
}

const inMessage = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const inProperty = (text: string): string => inMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
