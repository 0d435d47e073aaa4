public import ZerverCatalog

/// A flow that is written in Swift.
///
/// ```swift
/// let search = Flow("search-products", .v1, method: .get, owner: "storefront", input: SearchRequest.self) { input in
///   let query = step(ParseQuery.self, input)
///   let hits = step(FindProducts.self, query)
///   step(RenderHits.self, hits, query)
/// }
/// .alias("find-products")
/// .on(.shelfNotFound, 404)
///
/// let server = try Server(catalogs: [Routes.catalog, FlowCatalog(search)])
/// ```
///
/// The closure runs once, when the flow is built, and writes the plan down; requests run the plan. Types and the order of
/// values are checked by the compiler. What it cannot see is found when the flow is built: `try FlowCatalog.check([…])` in
/// a test says it before a server would.
public struct Flow<Input, Output>: Sendable {
  var contract: FlowContract
  let plan: RecordedPlan

  /// - Parameter input: where the input is read from: `.body(Order.self)`, `.query(Search.self)` or `.stream(Row.self)`.
  /// - Parameter output: `.json(status: 201)`, `.stream()`, `.text` or `.none`.
  public init(
    _ slug: String, _ version: FlowVersion, method: FlowMethod, owner: String, input: FlowInput<Input>,
    output: FlowOutput<Output>, file: String = #fileID, line: Int = #line,
    @FlowBuilder plan: (Handle<Input>) -> FlowAnswer<Output>
  ) {
    let place = FlowPlace(file, line)
    contract = FlowContract(
      slug: slug, version: version, method: method, owner: owner, place: place, form: output.form,
      input: FlowContract.Input(type: input.typeName, isQuery: input.isQuery, isStream: input.decodePart != nil), outputType: String(reflecting: Output.self),
      headers: output.headerFields.map(\.line), trial: input.trial)
    self.plan = RecordedPlan(input, output, at: place, plan)
  }
}

extension Flow where Input == Void {
  /// A flow that reads nothing.
  public init(
    _ slug: String, _ version: FlowVersion, method: FlowMethod, owner: String, output: FlowOutput<Output>,
    file: String = #fileID, line: Int = #line, @FlowBuilder plan: () -> FlowAnswer<Output>
  ) {
    let place = FlowPlace(file, line)
    contract = FlowContract(
      slug: slug, version: version, method: method, owner: owner, place: place, form: output.form,
      outputType: String(reflecting: Output.self), headers: output.headerFields.map(\.line))
    self.plan = RecordedPlan(output, at: place, plan)
  }
}

extension Flow where Input: JSONDecodable & QueryDecodable, Output: JSONEncodable {
  /// The usual form: the input comes from the query when the method is GET or DELETE, else from the body, and the output
  /// is JSON.
  public init(
    _ slug: String, _ version: FlowVersion, method: FlowMethod, owner: String, input: Input.Type,
    output: FlowOutput<Output> = .json(), file: String = #fileID, line: Int = #line,
    @FlowBuilder plan: (Handle<Input>) -> FlowAnswer<Output>
  ) {
    self.init(
      slug, version, method: method, owner: owner, input: method.readsQuery ? .query() : .body(), output: output,
      file: file, line: line, plan: plan)
  }
}

extension Flow where Input: JSONDecodable, Output: JSONEncodable {
  /// The same for an input that a query cannot carry.
  public init(
    _ slug: String, _ version: FlowVersion, method: FlowMethod, owner: String, input: Input.Type,
    output: FlowOutput<Output> = .json(), file: String = #fileID, line: Int = #line,
    @FlowBuilder plan: (Handle<Input>) -> FlowAnswer<Output>
  ) {
    self.init(
      slug, version, method: method, owner: owner, input: .body(), output: output, file: file, line: line, plan: plan)
  }
}

// MARK: Properties

extension Flow {
  /// One line for people who read the catalog.
  public func summary(_ summary: String) -> Flow { changed { $0.summary = summary } }

  /// A second slug. Redirects to the canonical one, or answers in its place.
  public func alias(
    _ slug: String, mode: Alias.Mode = .redirect, file: String = #fileID, line: Int = #line
  ) -> Flow {
    changed { $0.aliases.append(FlowContract.AliasLine(slug: slug, mode: mode, place: FlowPlace(file, line))) }
  }

  public func profile(_ profile: FlowProfile) -> Flow { changed { $0.profile = profile } }

  /// From the first byte of a request to its answer.
  public func deadline(_ deadline: Duration, file: String = #fileID, line: Int = #line) -> Flow {
    changed {
      $0.deadline = deadline
      $0.deadlinePlace = FlowPlace(file, line)
    }
  }

  /// Callers should move on from this day on. Dates are written like `2026-10-01`, flows like `v2/checkout-cart`.
  ///
  /// - Parameter isGoneAfterSunset: from its sunset on, the flow answers 410.
  public func deprecated(
    _ day: String, sunset: String? = nil, isGoneAfterSunset: Bool = false, successor: String? = nil,
    guide: String? = nil, file: String = #fileID, line: Int = #line
  ) -> Flow {
    changed {
      $0.endOfLife = FlowContract.EndOfLife(
        deprecated: day, sunset: sunset, isGoneAfterSunset: isGoneAfterSunset, successor: successor, guide: guide,
        place: FlowPlace(file, line))
    }
  }

  /// Words that group flows in documentation.
  public func tags(_ tags: String...) -> Flow { changed { $0.tags += tags } }

  /// Not promised to stay.
  public func experimental() -> Flow { changed { $0.isExperimental = true } }

  /// Withdrawn: the flow answers 410 whatever the day. ``deprecated(_:sunset:isGoneAfterSunset:successor:guide:file:line:)``
  /// says since when callers know.
  public func retired(file: String = #fileID, line: Int = #line) -> Flow { changed { $0.retiredPlace = FlowPlace(file, line) } }

  /// A warning about the flow that is as it should be, like a comment `// route-gen: allow slug-quality because …` in a
  /// `.flow` file. Behind a step, ``Handle/allowing(_:because:file:line:)`` speaks of that step alone.
  public func allowing(_ code: String, because reason: String, file: String = #fileID, line: Int = #line) -> Flow {
    changed { $0.allowances.append(Allowance(code: code, reason: reason, place: FlowPlace(file, line))) }
  }

  /// The status of a declared error of the plan's steps.
  public func on(_ error: FlowErrorName, _ status: Int, file: String = #fileID, line: Int = #line) -> Flow {
    changed { $0.mappings.append(DeclaredMapping(code: error.code, status: status, place: FlowPlace(file, line))) }
  }

  /// A REST path that the flow answers besides its own: `.bind(.get, "/orders/{order-id}")`. Each field in braces is a
  /// field of the input, by its name in JSON or in the query.
  public func bind(_ method: FlowMethod, _ path: String, file: String = #fileID, line: Int = #line) -> Flow {
    changed { $0.bindings.append(FlowContract.BindingLine(method: method, path: path, place: FlowPlace(file, line))) }
  }

  public func tenant(_ scope: TenantScope) -> Flow { changed { $0.tenantScope = scope } }

  /// What the caller must have, besides what was required before.
  public func requires(_ requirement: Requirement) -> Flow { changed { $0.requirements.append(requirement) } }

  /// What the flow does with `Idempotency-Key`: an answer is kept for `ttl`, and a request that has the key of an earlier one
  /// is answered with it. Needs a server with a `db` capability.
  ///
  /// - Parameter ttl: a second to 31 days.
  public func idempotency(
    _ mode: Idempotency.Mode, ttl: Duration, file: String = #fileID, line: Int = #line
  ) -> Flow {
    changed {
      $0.idempotency = Idempotency(mode, ttlNanoseconds: Int(ttl.nanosecondsWhole))
      $0.idempotencyPlace = FlowPlace(file, line)
    }
  }

  private func changed(_ change: (inout FlowContract) -> Void) -> Flow {
    var flow = self
    change(&flow.contract)
    return flow
  }
}

extension FlowVersion {
  public static var v1: FlowVersion { of(1) }
  public static var v2: FlowVersion { of(2) }
  public static var v3: FlowVersion { of(3) }
  public static var v4: FlowVersion { of(4) }
  public static var v5: FlowVersion { of(5) }

  private static func of(_ number: Int) -> FlowVersion {
    guard let version = FlowVersion(number) else { preconditionFailure("versions begin with 1") }
    return version
  }
}
