/// A part of an input that comes in parts, `input stream T`: what a step is given for its parameter `name: stream T`.
///
/// A part holds as many elements as have arrived while the step was busy, within some 64 KiB of the body. Where one part ends
/// and the next begins is chance, so a step gives the same for any division of the same elements.
public struct StreamPart<Element> {
  /// In the order of the body. Empty only in the last part: of an empty body, or when the body has ended behind the part before.
  public let elements: [Element]
  /// No element comes behind these.
  public let isLast: Bool

  public init(_ elements: [Element], isLast: Bool) {
    self.elements = elements
    self.isLast = isLast
  }
}

extension StreamPart: Sendable where Element: Sendable {}
extension StreamPart: Equatable where Element: Equatable {}
