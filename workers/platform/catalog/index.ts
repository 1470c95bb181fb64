/** The catalog as it is deployed: people sign in through the configured OpenID Connect provider. */
import { createCatalog } from './app.ts'
import { signInRoutes } from './people/sign-in-routes.ts'

export default createCatalog({ signIn: signInRoutes })
