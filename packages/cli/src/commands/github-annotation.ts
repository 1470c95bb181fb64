/**
 * Annotations of a pull request: lines that GitHub Actions reads from a step's output.
 *
 * Source: "Workflow commands for GitHub Actions", setting a notice, warning or error message.
 */

/** What is said of a file. */
export interface Annotation {
  readonly level: 'notice' | 'warning' | 'error'
  /** Relative to the root of the checkout. */
  readonly file: string
  readonly title: string
  readonly message: string
}

/** The line, with its end. What comes from contracts cannot end it and begin another command. */
export const annotationLine = ({ level, file, title, message }: Annotation): string =>
  `::${level} file=${property(file)},title=${property(title)}::${data(message)}\n`

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
