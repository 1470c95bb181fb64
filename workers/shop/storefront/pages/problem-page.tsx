/** A problem as a page: what happened, and how to go on. */
import { base } from '../paths.ts'
import { storefrontProblems, type StorefrontCode, type StorefrontError } from '../problems.ts'
import { page } from './frame.tsx'

/** The page of a refused request. */
export function problemPage({ code, message }: StorefrontError) {
  return problem(code, message)
}

/** What a code means: where the `type` of a problem document leads. */
export function problemHelpPage(code: StorefrontCode) {
  return problem(code, undefined)
}

function problem(code: StorefrontCode, message: string | undefined) {
  const { title, help } = storefrontProblems[code]
  return page({
    title,
    children: (
      <div class="door">
        <p class="eyebrow">
          <code>{code}</code>
        </p>
        <h1>{title}</h1>
        {message !== undefined && <p class="lead">{message}</p>}
        <p>{help}</p>
        <p>
          <a href={`${base}/`}>To the shop’s door</a>
        </p>
      </div>
    ),
  })
}
