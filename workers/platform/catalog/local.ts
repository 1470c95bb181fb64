/** The catalog under `mesh dev`, which takes this file in the place of index.ts: people sign in by saying who they are. */
import { createCatalog } from './app.ts'
import { developmentSignIn } from './people/development/sign-in.tsx'

export default createCatalog({ signIn: developmentSignIn })
