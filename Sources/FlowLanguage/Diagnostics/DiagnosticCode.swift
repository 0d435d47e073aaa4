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
  case streamStep = "stream-step"
  case streamInput = "stream-input"
  case statusRange = "status-range"
  case fileMethod = "file-method"
  case unmappedError = "unmapped-error"
  case needlessErrorMapping = "needless-error-mapping"

  // Properties of a flow
  case statusDate = "status-date"
  case sunsetThen = "sunset-then"
  case shortSunset = "short-sunset"
  case deprecatedSuccessor = "deprecated-successor"
  case reservedSlug = "reserved-slug"
  case tombstonedSlug = "tombstoned-slug"
  case slugQuality = "slug-quality"
  case bindPath = "bind-path"
  case bindMethod = "bind-method"
  case bindField = "bind-field"
  case bindCollision = "bind-collision"
  case headerName = "header-name"
  case headerTemplate = "header-template"
  case profileParts = "profile-parts"
  case unsafeGet = "unsafe-get"
  case idempotencyUse = "idempotency-use"
  case callerField = "caller-field"
  case preconditionUse = "precondition-use"

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

  // Governance: the rule configuration, suppression comments and the lock
  case suppressionReason = "suppression-reason"
  case suppressionCode = "suppression-code"
  case suppressionRefused = "suppression-refused"
  case suppressionUnused = "suppression-unused"
  case configurationSyntax = "configuration-syntax"
  case configurationKey = "configuration-key"
  case configurationValue = "configuration-value"
  case configurationCode = "configuration-code"
  case lockSyntax = "lock-syntax"
  case lockDrift = "lock-drift"
  case lockSettings = "lock-settings"

  // Governance: what an organisation asks of its flows
  case slugPattern = "slug-pattern"
  case slugLength = "slug-length"
  case foreignOwner = "foreign-owner"
  case missingAttribute = "missing-attribute"

  // Breaking changes: the life of a flow
  case checkFlowRemoved = "check-flow-removed"
  case checkFlowRemovedEarly = "check-flow-removed-early"
  case checkTombstoneMissing = "check-tombstone-missing"
  case checkMethodChanged = "check-method-changed"
  case checkOwnerChanged = "check-owner-changed"
  case checkStabilityLowered = "check-stability-lowered"
  case checkDeprecationWithdrawn = "check-deprecation-withdrawn"
  case checkSunsetEarlier = "check-sunset-earlier"
  case checkNoticeShort = "check-notice-short"
  case checkRetiredEarly = "check-retired-early"
  case checkGoneAfterSunset = "check-gone-after-sunset"
  case checkSuccessorChanged = "check-successor-changed"
  case checkSuccessorRemoved = "check-successor-removed"
  case checkGuideRemoved = "check-guide-removed"

  // Breaking changes: slugs and aliases
  case checkAliasRemoved = "check-alias-removed"
  case checkAliasRepointed = "check-alias-repointed"
  case checkAliasModeChanged = "check-alias-mode-changed"
  case checkSlugReused = "check-slug-reused"
  case checkSlugRepointed = "check-slug-repointed"
  case checkTombstoneRemoved = "check-tombstone-removed"
  case checkTombstoneSuccessorChanged = "check-tombstone-successor-changed"
  case checkReservationRemoved = "check-reservation-removed"

  // Breaking changes: how a flow is called
  case checkDeadlineShortened = "check-deadline-shortened"
  case checkProfileLowered = "check-profile-lowered"
  case checkInFlightLowered = "check-in-flight-lowered"
  case checkIdempotencyRequired = "check-idempotency-required"
  case checkIdempotencyRemoved = "check-idempotency-removed"
  case checkIdempotencyTTLShortened = "check-idempotency-ttl-shortened"
  case checkRequirementAdded = "check-requirement-added"
  case checkRequirementRemoved = "check-requirement-removed"
  case checkTenantRequired = "check-tenant-required"
  case checkTenantDropped = "check-tenant-dropped"
  case checkBindRemoved = "check-bind-removed"
  case checkBindRepointed = "check-bind-repointed"
  case checkPathFieldRenamed = "check-path-field-renamed"
  case checkHeaderRemoved = "check-header-removed"
  case checkHeaderChanged = "check-header-changed"

  // Breaking changes: what a caller sends
  case checkInputAdded = "check-input-added"
  case checkInputRemoved = "check-input-removed"
  case checkInputSourceChanged = "check-input-source-changed"
  case checkInputFieldAdded = "check-input-field-added"
  case checkInputFieldRemoved = "check-input-field-removed"
  case checkInputFieldRequired = "check-input-field-required"
  case checkInputTypeChanged = "check-input-type-changed"
  case checkInputEnumNarrowed = "check-input-enum-narrowed"
  case checkInputLengthTightened = "check-input-length-tightened"
  case checkInputRangeTightened = "check-input-range-tightened"
  case checkInputItemsTightened = "check-input-items-tightened"
  case checkInputPatternChanged = "check-input-pattern-changed"
  case checkInputUniqueAdded = "check-input-unique-added"
  case checkInputDefaultChanged = "check-input-default-changed"

  // Breaking changes: what a caller receives
  case checkOutputKindChanged = "check-output-kind-changed"
  case checkStatusChanged = "check-status-changed"
  case checkOutputFieldRemoved = "check-output-field-removed"
  case checkOutputFieldOptional = "check-output-field-optional"
  case checkOutputTypeChanged = "check-output-type-changed"
  case checkOutputEnumWidened = "check-output-enum-widened"
  case checkOutputLengthLoosened = "check-output-length-loosened"
  case checkOutputRangeLoosened = "check-output-range-loosened"
  case checkOutputItemsLoosened = "check-output-items-loosened"
  case checkOutputPatternChanged = "check-output-pattern-changed"
  case checkOutputUniqueRemoved = "check-output-unique-removed"
  case checkSensitiveRemoved = "check-sensitive-removed"
  case checkErrorAdded = "check-error-added"
  case checkErrorRemoved = "check-error-removed"
  case checkErrorStatusChanged = "check-error-status-changed"
  case checkErrorFieldRemoved = "check-error-field-removed"

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
  case longLoop = "long-loop"
  case missingTimeout = "missing-timeout"
  case missingUndo = "missing-undo"

  // Plans in Swift, which have no file that I read: the program says it when it starts
  case foreignHandle = "foreign-handle"
  case modifierPlace = "modifier-place"
  case statementInParallel = "statement-in-parallel"

  /// About plans that work: how they behave when things go wrong.
  package var isAdvice: Bool { self == .missingTimeout || self == .missingUndo }

  package var severity: Diagnostic.Severity {
    switch self {
    case .unusedBinding, .unusedFragment, .unusedParameter, .pastSunset, .shortSunset, .slugQuality, .unsafeGet: .warning
    case .sensitiveOutput, .sensitiveQuery: .warning
    case .needlessOtherwise, .longLoop, .missingTimeout, .missingUndo: .warning
    case .suppressionUnused, .lockDrift, .lockSettings: .warning
    case .checkTombstoneMissing, .checkOwnerChanged, .checkDeprecationWithdrawn, .checkGoneAfterSunset,
      .checkSuccessorChanged, .checkSuccessorRemoved, .checkGuideRemoved, .checkTombstoneSuccessorChanged,
      .checkInFlightLowered, .checkRequirementRemoved, .checkTenantDropped, .checkPathFieldRenamed, .checkHeaderChanged,
      .checkErrorRemoved:
      .warning
    default: .error
    }
  }
}

extension DiagnosticCode {
  /// A rule of `route-gen check`, which compares a catalog with what was promised before.
  package var isBreakingChange: Bool { rawValue.hasPrefix("check-") }

  /// Whether the rule configuration and suppression comments decide about it. What would make generated code wrong stays
  /// an error.
  package var isGoverned: Bool {
    switch self {
    case .slugPattern, .slugLength, .foreignOwner, .missingAttribute: true
    default: isBreakingChange || severity == .warning
    }
  }

  /// Needs the day, which a build does not know.
  var asksForToday: Bool { self == .pastSunset }

  /// Needs a lock file.
  var asksForLock: Bool { self == .lockDrift || self == .lockSettings }
}
