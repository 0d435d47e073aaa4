/// The stable name of a kind of mistake. `route-gen explain CODE` says more about it.
package enum DiagnosticCode: String, CaseIterable, Sendable {
  // Text
  case notUTF8 = "not-utf8"
  case unexpectedCharacter = "unexpected-character"
  case unterminatedString = "unterminated-string"
  case unknownEscape = "unknown-escape"
  case malformedNumber = "malformed-number"

  // Syntax
  case unexpectedToken = "unexpected-token"
  case unclosedBlock = "unclosed-block"
  case nestingTooDeep = "nesting-too-deep"
  case unknownDeclaration = "unknown-declaration"
  case unknownProperty = "unknown-property"
  case unknownWord = "unknown-word"
  case duplicateProperty = "duplicate-property"
  case missingProperty = "missing-property"
  case emptyBlock = "empty-block"
  case nameStyle = "name-style"
  case reservedName = "reserved-name"

  // Files and the catalog
  case severalFlows = "several-flows"
  case versionFolder = "version-folder"
  case fileName = "file-name"
  case slugShape = "slug-shape"
  case duplicateFlow = "duplicate-flow"
  case aliasCollision = "alias-collision"
  case deprecationDate = "deprecation-date"
  case sunsetBeforeDeprecation = "sunset-before-deprecation"
  case pastSunset = "past-sunset"
  case unknownSuccessor = "unknown-successor"
  case guideLink = "guide-link"

  // Names
  case unknownModule = "unknown-module"
  case unknownType = "unknown-type"
  case unknownStep = "unknown-step"
  case unknownError = "unknown-error"
  case unknownBinding = "unknown-binding"
  case unknownField = "unknown-field"
  case unknownCase = "unknown-case"
  case unknownFragment = "unknown-fragment"
  case ambiguousName = "ambiguous-name"
  case duplicateDeclaration = "duplicate-declaration"
  case duplicateMember = "duplicate-member"
  case swiftNameClash = "swift-name-clash"

  // Declarations
  case recursiveRecord = "recursive-record"
  case constraintType = "constraint-type"
  case constraintBounds = "constraint-bounds"
  case patternSyntax = "pattern-syntax"
  case defaultValue = "default-value"
  case optionalPosition = "optional-position"
  case errorFieldType = "error-field-type"
  case newtypeType = "newtype-type"

  // Values, fixtures, examples and what is sensitive
  case unknownFixture = "unknown-fixture"
  case fixtureCycle = "fixture-cycle"
  case valueType = "value-type"
  case valueConstraint = "value-constraint"
  case missingMember = "missing-member"
  case exampleInput = "example-input"
  case exampleGiven = "example-given"
  case exampleExpectation = "example-expectation"
  case sensitiveOutput = "sensitive-output"
  case sensitiveQuery = "sensitive-query"

  // Inputs, outputs and errors of a flow
  case inputSource = "input-source"
  case inputType = "input-type"
  case queryNotFlat = "query-not-flat"
  case outputType = "output-type"
  case statusRange = "status-range"
  case unmappedError = "unmapped-error"
  case needlessErrorMapping = "needless-error-mapping"

  // Plans
  case readBeforeWrite = "read-before-write"
  case duplicateBinding = "duplicate-binding"
  case siblingBranch = "sibling-branch"
  case outOfScope = "out-of-scope"
  case mayBeEmpty = "may-be-empty"
  case argumentCount = "argument-count"
  case argumentType = "argument-type"
  case conditionType = "condition-type"
  case noOutput = "no-output"
  case droppedOutput = "dropped-output"
  case missingDone = "missing-done"
  case unreachable = "unreachable"
  case doneInBranch = "done-in-branch"
  case doneWithFragments = "done-with-fragments"
  case quorumRange = "quorum-range"
  case tooManyStrands = "too-many-strands"
  case tooManyBindings = "too-many-bindings"
  case planTooLarge = "plan-too-large"
  case needlessTimeout = "needless-timeout"
  case fragmentEnd = "fragment-end"
  case fragmentCycle = "fragment-cycle"
  case unusedFragment = "unused-fragment"
  case unusedBinding = "unused-binding"

  // Fragments outside a flow
  case fragmentOutput = "fragment-output"
  case fragmentDone = "fragment-done"
  case fragmentModifier = "fragment-modifier"
  case fragmentChoice = "fragment-choice"
  case fragmentInLoop = "fragment-in-loop"
  case unusedParameter = "unused-parameter"

  // Modifiers of a use, choices and loops
  case repetitionConflict = "repetition-conflict"
  case retryRange = "retry-range"
  case needlessRetry = "needless-retry"
  case unsafeRetry = "unsafe-retry"
  case needlessFallback = "needless-fallback"
  case defaultOutput = "default-output"
  case elseType = "else-type"
  case callWithFragments = "call-with-fragments"
  case needlessUndo = "needless-undo"
  case needlessDetach = "needless-detach"
  case detachedOutput = "detached-output"
  case detachInLoop = "detach-in-loop"
  case modifierConflict = "modifier-conflict"
  case errorOfOtherStep = "error-of-other-step"
  case chooseType = "choose-type"
  case chooseNotExhaustive = "choose-not-exhaustive"
  case needlessOtherwise = "needless-otherwise"
  case impossibleCase = "impossible-case"
  case loopList = "loop-list"
  case loopBound = "loop-bound"
  case loopCollects = "loop-collects"
  case doneInLoop = "done-in-loop"

  // How a plan behaves when things go wrong
  case criticalPath = "critical-path"
  case missingTimeout = "missing-timeout"
  case missingUndo = "missing-undo"

  /// About plans that work: how they behave when things go wrong.
  package var isAdvice: Bool { self == .missingTimeout || self == .missingUndo }

  package var severity: Diagnostic.Severity {
    switch self {
    case .unusedBinding, .unusedFragment, .unusedParameter, .pastSunset, .sensitiveOutput, .sensitiveQuery: .warning
    case .needlessOtherwise, .missingTimeout, .missingUndo: .warning
    default: .error
    }
  }
}
