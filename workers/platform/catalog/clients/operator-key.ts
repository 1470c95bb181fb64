/** The operator's key: who holds it may do what no domain may do for itself. */
import { equalHashes, hashClientKey } from '@meshloop/access/issue'
import type { CatalogEnv } from '../env.ts'

/** An OPERATOR_KEY shorter than that is taken for unset: nobody is the operator. */
const leastChars = 16

/** Whether `key` is the operator's. Its time tells nothing of where two keys differ. */
export async function isOperatorKey(
  { OPERATOR_KEY }: Pick<CatalogEnv, 'OPERATOR_KEY'>,
  key: string,
): Promise<boolean> {
  const same = equalHashes(await hashClientKey(key), await hashClientKey(OPERATOR_KEY))
  return same && OPERATOR_KEY.length >= leastChars
}
