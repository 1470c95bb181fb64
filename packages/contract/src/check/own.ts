/** Looking up names that somebody else wrote. */

/** Every object inherits names such as `constructor`: those are nobody's fields. */
export const own = <V>(all: Readonly<Record<string, V>>, name = ''): V | undefined =>
  Object.hasOwn(all, name) ? all[name] : undefined
