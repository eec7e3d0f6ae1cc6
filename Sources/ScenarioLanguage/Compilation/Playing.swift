// SPDX-License-Identifier: Apache-2.0
//
// Turns the groups of a compiled dialogue into what a manner makes of them.

extension Manner {
  /// The instructions with every group played in this manner.
  ///
  /// Command by command means groups of one, so that nothing else about them changes.
  func played(_ instructions: [Instruction]) -> [Instruction] {
    instructions.flatMap { instruction -> [Instruction] in
      guard case .group(let members, _) = instruction.action else { return [instruction] }
      if isPipelined {
        var whole = instruction
        whole.action = .group(members, cut: cut)
        return [whole]
      }
      return members.map { member in
        var alone = instruction
        alone.action = .group([member], cut: cut)
        alone.position = member.position
        alone.label = "pipeline: \(member.label)"
        return alone
      }
    }
  }
}
