/** The ways out of a product. */
import { ports, type Contract, type Port } from '@meshloop/contract'

/** A way out: a port, or bulk files. */
export type Way = Port | 'exports'

/** Ports that a contract offers. */
export const portsOf = (contract: Contract): readonly Port[] => contract.ports ?? ports

/** Whether a contract offers a way out. */
export const offers = (contract: Contract, way: Way): boolean =>
  way === 'exports' ? contract.exports !== undefined : portsOf(contract).includes(way)
