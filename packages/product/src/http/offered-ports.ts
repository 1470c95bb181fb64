/** The ways out of a product. */
import { ports, type Contract, type Port } from '@meshloop/contract'

/** Ports that a contract offers. */
export const portsOf = (contract: Contract): readonly Port[] => contract.ports ?? ports
