import ZerverCore

enum RollDice: RollDiceStep {
  /// 64 bits for each die: the bias of the remainder is then below one in 2⁵⁶ even for 256 sides.
  private static let bytesPerDie = 8

  static func run(request: DiceRequest) throws(FlowFailure) -> Decision<DiceRoll> {
    .need(Need([.crypto(.randomBytes(count: request.dice * bytesPerDie))]))
  }

  static func resume(_ resumption: Resumption, request: DiceRequest) throws(FlowFailure) -> Decision<DiceRoll> {
    let bytes = try resumption.bytes()
    let rolled = (0..<request.dice).map { die in
      let bits = bytes.dropFirst(die * bytesPerDie).prefix(bytesPerDie).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return Int(bits % UInt64(request.sides)) + 1
    }
    return .continue(DiceRoll(rolled: rolled, total: rolled.reduce(0, +)))
  }
}
