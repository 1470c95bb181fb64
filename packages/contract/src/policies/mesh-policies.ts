/** The policies of the mesh: what every product keeps, whichever domain it is of. */
import { breakingChangeNeedsMajor } from './mesh/breaking-change-needs-major.ts'
import { derivedClass } from './mesh/derived-class.ts'
import { derivedFieldsSayFrom } from './mesh/derived-fields-say-from.ts'
import { domainSpeaksForItself } from './mesh/domain-speaks-for-itself.ts'
import { flagsDecided, flagsReviewed } from './mesh/flags-decided.ts'
import { freshnessMeansSomething } from './mesh/freshness-means-something.ts'
import { freshnessWithinInputs } from './mesh/freshness-within-inputs.ts'
import { inputsLast } from './mesh/inputs-last.ts'
import { inputsReadable } from './mesh/inputs-readable.ts'
import { joinsFit } from './mesh/joins-fit.ts'
import { notPastItsEnd, stillSupported } from './mesh/lifecycle.ts'
import { noticeBeforeEnd } from './mesh/notice-before-end.ts'
import { olderMajorClass } from './mesh/older-major-class.ts'
import { olderMajorHasAnEnd } from './mesh/older-major-has-an-end.ts'
import { oneNameOneMeaning } from './mesh/one-name-one-meaning.ts'
import { ownerAgreesWithDomain } from './mesh/owner-agrees-with-domain.ts'
import { ownerAndSupport } from './mesh/owner-and-support.ts'
import { personalDataClassified } from './mesh/personal-data-classified.ts'
import { personalRetention, personalRetentionLimited } from './mesh/personal-retention.ts'
import { referenceClassedAsItsTarget } from './mesh/reference-classed-as-its-target.ts'
import { totalsProtectPersons } from './mesh/totals-protect-persons.ts'
import { wholeClassedAsItsParts } from './mesh/whole-classed-as-its-parts.ts'
import type { Policy } from './policy.ts'

/** In the order in which findings are shown. */
export const meshPolicies: readonly Policy[] = [
  personalDataClassified,
  wholeClassedAsItsParts,
  referenceClassedAsItsTarget,
  derivedFieldsSayFrom,
  derivedClass,
  personalRetention,
  personalRetentionLimited,
  totalsProtectPersons,
  ownerAndSupport,
  ownerAgreesWithDomain,
  domainSpeaksForItself,
  freshnessMeansSomething,
  freshnessWithinInputs,
  inputsReadable,
  inputsLast,
  joinsFit,
  oneNameOneMeaning,
  flagsDecided,
  flagsReviewed,
  breakingChangeNeedsMajor,
  noticeBeforeEnd,
  olderMajorHasAnEnd,
  olderMajorClass,
  notPastItsEnd,
  stillSupported,
]
