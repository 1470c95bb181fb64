/** The door: choose who you are. */
import { base, customerPath } from '../paths.ts'
import { page } from './frame.tsx'

/** Regular customers of the simulated shop, which everybody may be. */
const regulars = ['cust_000012', 'cust_000029', 'cust_000035', 'cust_000048']

/** The page. `recent`: customers who ordered here lately. */
export function startPage(recent: readonly string[]) {
  const others = recent.filter((id) => !regulars.includes(id))
  return page({
    title: 'Who are you?',
    children: (
      <div class="door">
        <h1>Who is shopping?</h1>
        <p class="lead">
          Signing in is simulated: be any customer. A regular has months of habits that the shop’s data
          products know; a name that nobody has used is somebody new.
        </p>
        <ul class="chips">
          {[...regulars, ...others].map((id) => (
            <li>
              <a href={customerPath(id)}>{id}</a>
            </li>
          ))}
        </ul>
        <form method="post" action={`${base}/sign-in`} class="row">
          <label for="customer_id">Or another customer</label>
          <input
            id="customer_id"
            name="customer_id"
            placeholder="cust_mine"
            required
            maxlength={64}
            autocomplete="off"
          />
          <button type="submit">Come in</button>
        </form>
      </div>
    ),
  })
}
