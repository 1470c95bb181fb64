/** What may be a name: names end up in SQL, in addresses and on pages. */

/** A field, a member of one, a measure or a rule. Every object inherits a `constructor`: a row without one would have one. */
export const NAME = /^(?!constructor$)[a-z][a-z0-9_]{0,62}$/
/** `<domain>.<product>` */
export const ID = /^[a-z][a-z0-9-]{0,30}\.[a-z][a-z0-9-]{0,30}$/
/** What to say of a name that is none. */
export const NAME_RULE = 'a name is 1 to 63 of a-z, 0-9 and _, beginning with a letter, and not constructor'
