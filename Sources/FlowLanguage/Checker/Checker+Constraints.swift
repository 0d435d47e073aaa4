// What `length`, `range`, `items`, `pattern` and `unique` may stand with, and what they mean.

extension Checker {
  /// - Parameter owner: the field or newtype that they belong to.
  func constraints(_ list: [ConstraintSyntax], of owner: NameSyntax, type: ResolvedType) -> ResolvedConstraints {
    var result = ResolvedConstraints()
    var seen: [String: SourceSpan] = [:]
    for constraint in list {
      let word = constraint.kind.word
      if let first = seen[word] {
        reporter.report(.duplicateMember(NameSyntax(text: word, span: constraint.span), kind: "constraint", first: first))
        continue
      }
      seen[word] = constraint.span
      guard Self.fits(constraint, type.wrapped) else {
        reporter.report(.constraintType(constraint, of: owner, type: type))
        continue
      }
      if case .unique = constraint.kind, case .list(let element) = type.wrapped, !element.isScalar {
        reporter.report(.uniqueElements(constraint, of: owner, element: element))
        continue
      }
      apply(constraint, type.wrapped, to: &result)
    }
    return result
  }

  private static func fits(_ constraint: ConstraintSyntax, _ type: ResolvedType) -> Bool {
    switch (constraint.kind, type) {
    case (.length, .string), (.pattern, .string), (.range, .int), (.range, .float), (.items, .list), (.items, .map),
      (.unique, .list): true
    default: false
    }
  }

  private func apply(_ constraint: ConstraintSyntax, _ type: ResolvedType, to result: inout ResolvedConstraints) {
    switch constraint.kind {
    case .length(let low, let high): result.length = count(low, high, constraint)
    case .items(let low, let high): result.items = count(low, high, constraint)
    case .range(let low, let high):
      if type == .float { result.floatRange = floatRange(low, high, constraint) } else { result.range = intRange(low, high, constraint) }
    case .pattern(let text, let span):
      if let violation = PatternSyntax.violation(in: text) {
        reporter.report(.patternSyntax(violation, in: text, at: span))
      } else {
        result.pattern = PatternSyntax.text(of: text)
      }
    case .unique: result.isUnique = true
    }
  }

  private func count(_ low: NumberSyntax, _ high: NumberSyntax, _ constraint: ConstraintSyntax) -> ClosedRange<Int>? {
    guard let range = intRange(low, high, constraint) else { return nil }
    guard range.lowerBound >= 0 else {
      reporter.report(.negativeCount(low, constraint.kind.word))
      return nil
    }
    return range
  }

  private func intRange(_ low: NumberSyntax, _ high: NumberSyntax, _ constraint: ConstraintSyntax) -> ClosedRange<Int>? {
    guard case .int(let lowest) = low.value, case .int(let highest) = high.value else {
      let fraction = if case .float = low.value { low } else { high }
      reporter.report(.fractionalBound(fraction, constraint.kind.word))
      return nil
    }
    guard lowest <= highest else {
      reporter.report(.emptyConstraint(constraint, low: low.span.text, high: high.span.text))
      return nil
    }
    return lowest...highest
  }

  private func floatRange(
    _ low: NumberSyntax, _ high: NumberSyntax, _ constraint: ConstraintSyntax
  ) -> ClosedRange<Double>? {
    let (lowest, highest) = (low.double, high.double)
    guard lowest <= highest else {
      reporter.report(.emptyConstraint(constraint, low: low.span.text, high: high.span.text))
      return nil
    }
    return lowest...highest
  }
}

extension NumberSyntax {
  var double: Double {
    switch value {
    case .int(let int): Double(int)
    case .float(let float): float
    }
  }
}
