import { withBench } from './conformance/bench.ts'
import type { LiveRig, ProtocolRig } from './conformance/protocol-rig.ts'
import { type Runner, runStatements, type SuiteOptions } from './conformance/runner.ts'
import { channelStatements } from './conformance/statements-channels.ts'
import { faultStatements } from './conformance/statements-faults.ts'
import { publishingStatements } from './conformance/statements-publishing.ts'

/**
 * Proves, through a whole client, that a protocol keeps what its seam promises: with a simulated far end in
 * memory and on a fake clock, or live with a real one. Besides what each statement says, all of them watch every
 * call and report of every link: ready once, nothing before it or after the end, joins and publishes answered
 * only when asked, errors of the right kind, no timer left behind. A live statement waits for no more than 8 s
 * for any one thing.
 * @example
 * protocolConformance('my protocol', () => ({ protocol: createMine(), server: createMyServer() }), { describe, it })
 */
export function protocolConformance(
  name: string,
  factory: () => ProtocolRig | LiveRig | Promise<ProtocolRig | LiveRig>,
  runner: Runner,
  options: SuiteOptions = {},
): void {
  const statements = [...channelStatements, ...publishingStatements, ...faultStatements]
  runStatements(`${name} as a protocol`, statements, runner, options, async (statement) =>
    withBench(await factory(), statement),
  )
}
