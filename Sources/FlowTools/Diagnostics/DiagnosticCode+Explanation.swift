package import FlowLanguage

extension DiagnosticCode {
  /// Codes that a misspelt one may mean.
  package static func near(_ text: String) -> [DiagnosticCode] {
    NearMatches.find(text, among: allCases.map { Candidate($0.rawValue) }).compactMap { DiagnosticCode(rawValue: $0.name) }
  }

  /// What `route-gen explain` prints: the rule, why it is one, and how to follow it.
  package var explanation: String {
    switch self {
    case .notUTF8:
      "`.flow` files are UTF-8. A file with other bytes was most likely saved in another encoding. Save it again as UTF-8."
    case .unexpectedCharacter:
      """
      Names consist of English letters, digits and hyphens, and around them stand `{ } ( ) [ ] : , = . .. ? / ->`. Anything \
      else belongs into a comment or into a text in quotes. A typographic dash, quote or space that looks like the plain one \
      is a frequent cause.
      """
    case .unterminatedString: "A text begins and ends with a quote on the same line. A quote inside it is written `\\\"`."
    case .unknownEscape:
      """
      In a text, a backslash begins one of `\\\"`, `\\\\`, `\\n` and `\\t`. The text of a `pattern` is different: there, a \
      backslash belongs to the pattern.
      """
    case .malformedNumber:
      """
      Numbers are written `64`, `-1` or `0.5`, without exponent and within 64 bits. A duration is a whole number with its \
      unit and no space between: `800ms`, `2s`, `5min`, `1h`. It is more than nothing and at most `24h`.
      """
    case .unexpectedToken:
      """
      The text does not go on as the grammar has it. I read the rest of the file from the next line on, so that several \
      mistakes come up at once; the first of them is the one to mend first.
      """
    case .unclosedBlock:
      """
      A `{` has no `}`. A declaration at the left edge of the file cannot stand inside a block, so I take it for the end of \
      the block that is open. If the braces near the report look right, look at the blocks inside it.
      """
    case .nestingTooDeep:
      "Blocks and types stand inside each other at most 32 deep, so that every plan can be followed and every file be read."
    case .unknownDeclaration:
      """
      Outside of all braces stand declarations: `use`, `record`, `newtype`, `enum`, `error`, `extern type`, `step`, `flow`, \
      `profile`, `reserved`, `tombstone` and `fixture`.
      """
    case .unknownProperty:
      """
      A flow has the properties `owner`, `method`, `tags`, `status`, `alias`, `bind`, `profile`, `deadline`, `deprecated`, \
      `sunset`, `successor`, `guide`, `tenant`, `requires`, `idempotency`, `input`, `output`, `header`, `plan`, `fragment`, \
      `on` and `example`.
      """
    case .unknownWord:
      """
      In this place stands one word out of a short list:

          method      GET, POST, PUT, PATCH, DELETE, HEAD
          profile     interactive, default, batch, or a declared one
          class       interactive, default, batch
          status      experimental, stable, deprecated, retired
          tenant      required, optional
          requires    role, capability
          idempotency required, optional
          needs       db, time, crypto
          parallel    all, all-required, any, first-success, quorum N
          constraint  length, range, items, pattern, unique, sensitive
          input from  query, body
          statement   timeout
      """
    case .duplicateProperty: "Every property of a flow stands once, apart from `alias`, `bind`, `tags`, `requires`, `header`, `fragment`, `on` and `example`."
    case .missingProperty:
      """
      Every flow has an `owner`, a `method`, an `output` and a `plan`. A small one:

          flow say-hello {
            owner  web
            method GET
            output text
            plan   { done greet() }
          }
      """
    case .emptyBlock: "An enum without cases has no values; an empty branch, group or `when` never does anything."
    case .nameStyle:
      """
      Types and modules are written in PascalCase (`CheckoutRequest`), everything else in kebab-case (`cart-id`). The names \
      are the ones on the wire, and generated Swift spells them in Swift's own way (`cartId`).
      """
    case .reservedName:
      """
      The name already means something: to the language (`input`, `done`, `when`, `string`), to Swift (`self`, `init`, `Any`), \
      or to the framework, which has problems such as `missing-field` and problem members such as `status` of its own.
      """
    case .severalFlows: "A file holds one flow and has its name, so that a slug leads to its file."
    case .versionFolder:
      """
      The version of a flow is the nearest folder called `v` and a number: `Routes/v2/checkout-cart.flow` is \
      `POST /flow/v2/checkout-cart`. Numbers go from 1 to 999, without leading zeros.
      """
    case .fileName: "A flow stands in a file of its name: flow `checkout-cart` in `checkout-cart.flow`."
    case .slugShape:
      """
      A slug has two or more words of lower-case English letters and digits, joined by single hyphens, begins with a letter, \
      and has at most 80 characters: `checkout-cart`. One word names a thing, not what is done with it.
      """
    case .duplicateFlow:
      "A slug and a version make a path, and a path has one meaning. Another method does not make another path."
    case .aliasCollision:
      "Flows and aliases of one version share one list of slugs, because a request must lead to one of them."
    case .deprecationDate:
      """
      Dates are written `2026-10-01` and exist in the calendar. `sunset`, `successor` and `guide` tell about the end of a \
      flow, which begins with its `deprecated` line.
      """
    case .sunsetBeforeDeprecation:
      "A flow is deprecated first and ends later, or on the same day (RFC 9745 §4), so that its callers are warned."
    case .pastSunset: "The day on which the flow was to end has come. Remove it, or move the day."
    case .unknownSuccessor: "`successor` names another flow of the same catalog by its version and slug: `v2/checkout-cart`."
    case .guideLink:
      "The guide goes into a `Link` header as it stands, so it is an absolute link of visible ASCII: `https://example.com/v2`."
    case .unknownModule:
      """
      `use` names a SwiftPM target with `.flow` files. In a build, it is one of the targets that this target depends on. For \
      `route-gen`, it is a folder of that name in the package, or what `--module NAME=FOLDER` says.
      """
    case .unknownType:
      """
      Types are `string`, `int`, `float`, `bool`, what `record`, `enum` and `extern type` declare, and made of them `[T]`, \
      `[string: T]` and `T?`. Declarations of another module are visible in files that name it with `use`.
      """
    case .unknownStep:
      """
      A plan uses steps that a `step` line declares, in this module or in one that the file names with `use`:

          step load-cart(request: CheckoutRequest) -> Cart  needs db  fails cart-not-found
      """
    case .unknownError: "Errors are declared by a line such as `error out-of-stock { sku: string }`, here or in a used module."
    case .unknownBinding:
      """
      An argument names what a statement of the plan has written (`cart = load-cart(request)`), or `input`, which is what the \
      flow reads. A point leads to a field: `cart.customer.name`.
      """
    case .unknownField: "Only records have fields that a plan can read, and only those that the record declares."
    case .unknownCase: "An enum has the cases that its declaration lists."
    case .unknownFragment:
      """
      A step that `may insert` or `may replace` a fragment leaves its meaning to the flow. Every flow that uses the step has \
      a `fragment` of that name.
      """
    case .ambiguousName:
      "Two modules that the file names with `use` declare the same name. There is no way to say which one is meant."
    case .duplicateDeclaration: "Within a module, a name stands for one type, one step or one error."
    case .duplicateMember: "Within one list, a name stands once: fields, cases, parameters, errors, effects, fragments, constraints."
    case .swiftNameClash:
      """
      Generated Swift spells `line-2` as `line2`, `load-cart` as `LoadCart` and its protocol as `LoadCartStep`. Two names that \
      come out the same cannot both be there.
      """
    case .recursiveRecord:
      """
      Records become Swift structs, which hold their fields directly, and an optional does so as well. A list or a map holds \
      its elements elsewhere and may be empty, so a record can contain a list of itself.
      """
    case .constraintType:
      """
      `length` and `pattern` are for `string`, `range` for `int` and `float`, `items` for lists and maps, `unique` for lists of \
      plain values. The constraints of a newtype stand on its own line, so that they are the same wherever it is used.
      """
    case .unknownFixture:
      """
      A fixture is a value with a name, for the examples of any flow: `fixture empty-cart: Cart { … }`. It stands outside of \
      flows, in the module of its examples or in one that their file names with `use`.
      """
    case .fixtureCycle: "A fixture may have other fixtures in it, and never itself: a value has an end."
    case .valueType:
      """
      Values of fixtures and examples have the type of their place. A text stands in quotes, a case of an enum does not. A \
      record and a map are objects `{ name: value }`, a list stands in brackets, and `null` is for what is optional. A newtype is \
      written like the value that it wraps.
      """
    case .valueConstraint:
      """
      A fixture and the input of an example are values that a client could send or a step could write, so they meet every \
      constraint. An example of what happens to an input that does not is one that expects the problem: `expect 422 constraint-violated`.
      """
    case .missingMember: "A value of a record has all its fields, but for those that are optional or have a default value."
    case .exampleInput: "An example has the input that its flow reads: none for a flow without, a whole one for a flow with an input."
    case .exampleGiven:
      """
      While an example runs, `given` lines take the place of steps that the plan uses:

          given load-cart = fixture empty-cart      what the step writes
          given check-credit passes                 for a step that writes nothing
          given load-cart fails cart-not-found      with one of the errors of its line

      A step with effects can also fail with `dependency-unavailable`, `dependency-timed-out` and `outcome-unknown`, which is \
      how an example shows an outage.
      """
    case .exampleExpectation:
      """
      An example expects an answer that its flow can give: the status of its output, or an error with the status of its `on` \
      line. The body after it names the members that matter; the answer may have more.
      """
    case .sensitiveOutput:
      """
      A field or newtype that is declared as `sensitive` is kept out of logs, traces and problem documents. The answer of a flow \
      is where it leaves the server all the same. Answer with a record that leaves it out; a flow whose purpose is to hand it out, \
      such as a login, keeps the warning.
      """
    case .sensitiveQuery:
      """
      A query is a part of the URL, and URLs are kept in the histories of browsers and in the logs of proxies and load balancers, \
      whatever this server does. What is sensitive belongs into a body.
      """
    case .newtypeType:
      """
      A newtype is a plain value with a name: `newtype CartId: string length 1..64`. In JSON it is the value that it wraps, a \
      `string`, an `int` or a `float`; in Swift and in plans it is a type of its own, so that a customer's number cannot take \
      the place of an order's.
      """
    case .constraintBounds:
      "Both ends belong to a constraint, the smaller one comes first, and `length` and `items` count from 0: `length 1..64`."
    case .patternSyntax:
      """
      A pattern matches the whole text, in time linear in its length. It has

          characters         as they are; punctuation after a backslash
          .                  any character
          [a-z0-9_-] [^…]    classes
          \\d \\w \\s           digits, word characters, white space
          ( ) |              groups and alternatives
          * + ? {n} {n,m}    repetitions

      A `^` at the beginning and a `$` at the end say what holds anyway. There are no back references, no look-around and no \
      lazy repetitions.
      """
    case .defaultValue:
      """
      A default value is of the field's type and meets its constraints. Texts, numbers, `bool`, enums and newtypes can have one; \
      that of a list is `[]` and that of a map `{}`. Optional fields have none, because they may be empty.
      """
    case .optionalPosition:
      "Fields, parameters and outputs of steps can be optional; elements of lists and maps and outputs of flows cannot."
    case .errorFieldType:
      "The fields of an error are plain values, because they become members of a problem document (RFC 9457)."
    case .inputSource: "A body has no meaning in a GET request (RFC 9110 §9.3.1), so its input comes from the query."
    case .inputType: "The input of a flow is a record, so that every value that a client sends has a name."
    case .queryNotFlat:
      "A query is a list of names and texts: its record has fields of `string`, `int`, `float`, `bool` or an enum, or optional ones."
    case .outputType:
      """
      The step of a `done` returns what the `output` line says: the declared type, a `string` for `output text` and, with the \
      path of the file, for `output file`, nothing for `output none`.
      """
    case .statusRange:
      """
      Outputs have a status from 200 to 299, except 204 and 205, which have no body. Errors have one from 400 to 599. \
      `output none` is always 204, and `output file` 200.
      """
    case .fileMethod:
      """
      `output file` is for flows that are called by GET or HEAD: validators and ranges, with which a file is sent, mean \
      nothing in answers to other methods.
      """
    case .unmappedError:
      "Every error that a step of the plan may fail with has a line with its status: `on cart-not-found -> 404`."
    case .needlessErrorMapping: "An `on` line for an error that no step of the flow fails with promises what never happens."
    case .statusDate:
      """
      `status` says in one word where a flow stands. `deprecated` and `retired` need the day since when callers know it, \
      because it is sent to them with every response: `deprecated 2026-10-01`. A flow with that line needs no status; it is \
      stable until the day and deprecated from then on. `status retired` answers 410 whatever the day.
      """
    case .sunsetThen:
      """
      `sunset 2027-04-01` announces the end of a flow. With `then 410` the server ends it: from that day on it answers 410 \
      Gone with a link to the successor, without a release. There is no other answer to choose.
      """
    case .shortSunset:
      """
      Between the deprecation of a flow and its sunset, callers find out and release something new. The rule asks for 90 \
      days unless a project has another number.
      """
    case .deprecatedSuccessor:
      "The successor of a flow is where its callers move. One that is deprecated or retired itself makes them move twice."
    case .reservedSlug:
      """
      A line `reserved pay-cart "why"` keeps a slug free in every version, for flows and for aliases: because it is too \
      good for now, or because it once meant something else.
      """
    case .tombstonedSlug:
      """
      A line `tombstone v1/pay-cart "why"` stands for a flow that was removed. Its path answers 410 for ever, so that old \
      callers learn what happened and never get the answer of something else. In another version the slug may come back as \
      a flow; as an alias only to the flow that the tombstone names as successor.
      """
    case .slugQuality:
      """
      A slug is read far from its file: in logs, dashboards and the code of clients. It says what is done, then to what, in \
      at most 48 characters, without its version (the folder), the tenant (the caller) and the transport (always HTTP). The \
      rules warn only where they are certain.
      """
    case .bindPath:
      """
      A `bind` line gives a flow a REST path besides its own: `bind GET /orders/{order-id}`. The path begins with `/`; each \
      part is text that needs no percent-encoding, or one field in braces. It has at most 16 parts and does not enter \
      `/flow`, `/.well-known` and `/metrics`, which belong to the framework.
      """
    case .bindMethod:
      """
      A flow reads its input from the query or from the body, whichever path it is called by. What reads a body cannot be \
      bound to `GET` or `HEAD`, whose bodies have no meaning (RFC 9110 §9.3.1).
      """
    case .bindField:
      """
      Each `{field}` of a bound path fills the field of that name in the flow's input, as if it stood in the query or in \
      the body. The field is required, a single value and not sensitive, because a path always has all its parts, each of \
      them is one text, and paths are logged everywhere.
      """
    case .bindCollision:
      """
      A path with a method has one meaning in all modules that are served together. The names of fields do not count: \
      `/orders/{id}` and `/orders/{number}` are the same to a request. Where a literal and a field both fit, the literal \
      goes first, part by part from the left.
      """
    case .headerName:
      "Some header fields are the framework's: those that frame the response, `date`, and those of the flow's life cycle."
    case .headerTemplate:
      """
      A line `header location "/orders/{order-id}"` adds a field to the successful response of a flow. In braces stand \
      fields of the output, which are single values and not sensitive. Values are percent-encoded in `location` and `link`; \
      elsewhere only what no header can have. A value that is missing leaves the header out.
      """
    case .profileParts:
      """
      A profile is a policy with a name: `profile nightly { class batch  deadline 30s  in-flight 4 }`. The class is \
      required. `deadline` is for flows that set none; `in-flight` is how many requests of the profile one worker has at \
      once, and more are answered 503.
      """
    case .unsafeGet:
      """
      `GET` and `HEAD` only ask (RFC 9110 §9.2.1): clients repeat them, browsers send them ahead of time, and crawlers \
      follow every link. A step whose line says `safe`, or that needs nothing but `time` and `crypto`, changes nothing; \
      others may, and their flow deserves another method.
      """
    case .idempotencyUse:
      """
      `idempotency` lets a client repeat a request that changes something: one with the `Idempotency-Key` of an earlier one is \
      answered with the earlier answer. `GET` and `HEAD` change nothing and need no key. Of a stream that is sent no whole \
      answer is there that could be kept, and of one that is read no whole body that could be compared.
      """
    case .preconditionUse:
      """
      `precondition` is on which condition a request may be carried out: its `If-Match`, `If-None-Match` and \
      `If-Unmodified-Since`. The plan of a flow that changes something reads it and passes it to the step that knows what is \
      there, as a parameter of the type `Precondition`. Requests on a condition to flows that do not read it are refused \
      with 412. Answers to `GET` and `HEAD` are compared by the server itself. A fragment outside a flow takes it as a parameter, \
      and no record can hold one.
      """
    case .callerField:
      """
      In a flow with `tenant` or `requires`, a plan reads `caller`, and a step takes it as a parameter of the type `Caller`. \
      That is the only way it goes: a record that held it could be sent to somebody, or stored.
      """
    case .streamStep:
      """
      `-> stream Hit` says that a step gives its output in parts: each goes to the client as soon as it is there, and the step \
      is asked for the next one when the client has taken enough. So only the `done` of a flow with `output stream` can use \
      such a step.
      """
    case .streamInput:
      """
      `input stream Row` gives the body of a request to one step in parts, line by line, while it arrives: the step declares \
      `rows: stream Row`, and asks for the next part with `.take` when it is done with one. A part is gone then, and the request has \
      but one body. So `input` is read once, by a step in the main sequence of the plan, which neither runs twice nor fails in \
      passing; and a step that takes parts does not give any, since a client that sends does not read.
      """
    case .readBeforeWrite: "A plan goes from top to bottom, and a value is written above the statement that reads it."
    case .duplicateBinding:
      """
      A name is written once in a whole plan, so that every reader knows its writer. The names of a fragment are its own, but \
      not those of the plan.
      """
    case .siblingBranch:
      "The branches of a parallel group run at the same time. What one of them writes is there for the plan below the group."
    case .outOfScope:
      """
      What a `when` block writes is not there in its `otherwise`, and what a fragment writes is not there outside of it, because \
      it has not run.
      """
    case .mayBeEmpty:
      """
      What a `when` or its `otherwise` writes may be missing behind it, and so may what the branches of a group write whose join \
      is not `all-required`. Optional fields may be empty, too. A parameter that takes such a value has a type with `?`.
      """
    case .argumentCount: "A use of a step has one argument for each of its parameters, in their order."
    case .argumentType:
      """
      An argument has the type of its parameter. Values are never converted on the way, `int` to `float` neither. A newtype is \
      another type than what it wraps: `.value` behind its name reads the wrapped value, and a step makes one from a plain \
      value, which checks the newtype's constraints.
      """
    case .conditionType:
      """
      There are three conditions, each with or without `not`:

          when order.is-paid { … }          a `bool`
          when order.status is paid { … }   a case of an enum
          when exists order.coupon { … }    something that may be empty
      """
    case .noOutput: "A step that is declared without `->` writes nothing, so there is nothing to name."
    case .droppedOutput: "A step that is declared with `->` writes a value, and the value has a name."
    case .missingDone:
      "Every way through a plan ends with `done`, which answers the request: both blocks of a `when`, or the plan behind it."
    case .unreachable: "Behind a `done`, or behind a `when` whose two blocks both end with one, nothing runs."
    case .doneInBranch: "A branch of a parallel group does not answer the request, because its neighbours are still at work."
    case .doneWithFragments: "The step of a `done` only answers. A step that chooses fragments stands above it."
    case .quorumRange: "A quorum is at least 1 and at most the number of branches of its group."
    case .tooManyStrands:
      "A request has room for 15 branches at work at once, groups inside groups included."
    case .tooManyBindings:
      "A request has room for 64 values: the input, every name of the plan, and those of a fragment for each use that may choose it."
    case .planTooLarge:
      "A plan has at most 256 uses of steps, those of a fragment counted for each use that may choose it."
    case .needlessTimeout: "A step that needs no effect never waits, so its timeout would never pass."
    case .fragmentEnd:
      "A fragment that replaces the rest of the plan ends with `done`; one that is inserted has none, because the plan goes on."
    case .fragmentCycle: "A fragment is expanded where it is used, so it cannot contain a step that may choose it again."
    case .fragmentOutput:
      "A fragment outside a flow gives the value of its last statement, so that statement names a value of the promised type."
    case .fragmentDone:
      "A fragment outside a flow is a part of any plan that uses it. It gives a value with `->`, and the plan answers."
    case .fragmentModifier:
      "Timeouts and retries belong to steps. A fragment has several, so each of them has its own, inside the fragment."
    case .fragmentChoice:
      "A step that may insert or replace chooses from the fragments of its flow, and a fragment outside a flow has none around it."
    case .fragmentInLoop:
      "A loop clears the values of a round before the next one. Those of a fragment in Swift are known when the server starts."
    case .unusedParameter:
      "A parameter that a fragment never reads has to be passed by every plan all the same."
    case .unusedFragment: "A fragment that no step of the plan may choose never runs and is not checked."
    case .repetitionConflict:
      """
      A step is safe when it changes nothing (RFC 9110 §9.2.1), and idempotent when running it twice leaves what running it \
      once leaves (§9.2.2). Every safe step is idempotent. Steps that need nothing, or only `time` and `crypto`, are safe \
      without saying so.
      """
    case .retryRange:
      """
      `retry 2 backoff 10ms..80ms` tries up to two times more. The wait before an attempt is a random part of 10ms, then of \
      20ms, and so on up to 80ms, so that the clients of a resource that comes back do not all come at once.
      """
    case .needlessRetry: "A step that needs no effect gives the same answer for the same values, so a second run changes nothing."
    case .unsafeRetry:
      """
      An attempt that has failed may have done its work: the answer can get lost on its way back. A retry is therefore for \
      steps whose line says `safe` or `idempotent`. What is retried are failures that may pass, such as a resource that is \
      away or an attempt that ran into its timeout, and never an error that the step declares.
      """
    case .needlessFallback: "`optional` and `else` say what happens when a step fails, and this one cannot."
    case .defaultOutput:
      """
      `else default` writes the output's record with the default of every field: the value behind `=`, and nothing for an \
      optional field. A list or a map is empty by default. Any other value is written by a step: `else guess-user(request)`.
      """
    case .elseType: "The step behind `else` writes the same slot as the step that it stands in for, so both have one output type."
    case .callWithFragments: "A step behind `else` or `undo` runs aside from the plan. Only a use of its own may change the plan."
    case .needlessUndo: "An `undo` takes a change back. A step that is safe changes nothing."
    case .needlessDetach: "A detached step is there for its effect. One without effects would do nothing that anybody sees."
    case .detachedOutput:
      """
      The answer does not wait for a detached use, and neither does the rest of the plan, so its output can be read nowhere. \
      A detached use has a deadline of its own, goes on when the client has gone, and is counted in the metrics.
      """
    case .detachInLoop:
      "A detached use reads its arguments when it runs, and those of a loop's round are gone when the next round begins."
    case .modifierConflict:
      """
      Some modifiers say opposite things. `optional` and `else` are two answers to one question; a detached use has nobody \
      who would notice its failure; what `done` has answered cannot be taken back or left empty.
      """
    case .errorOfOtherStep: "`on error -> …` behind a use changes the answer to an error of that use, so its step declares the error."
    case .chooseType: "`choose` goes by the cases of an enum. A `bool` is asked for with `when`."
    case .chooseNotExhaustive:
      """
      Exactly one arm of a `choose` runs, so there is one for every case, or an `otherwise` for those that are not named. A \
      value that may be empty is of no case and needs the `otherwise`, too.
      """
    case .needlessOtherwise:
      """
      With an arm for every case, an `otherwise` never runs now. It would run for a case that the enum gets later, and nobody \
      would be told that an arm is missing.
      """
    case .impossibleCase:
      "Inside an arm for some cases the value is of one of them, so asking for another one leads nowhere. Values never change."
    case .loopList: "`for each` goes through the elements of a list, one after the other. A list that may be missing has no elements then."
    case .loopBound:
      """
      The bound of a loop makes the longest run of a plan known: a request with more elements is refused with 422. From 1 to \
      1000; what is larger is one effect for many rows, not many effects.
      """
    case .loopCollects:
      "A loop with a name collects what the last statement of its body writes into a list, one element for every round."
    case .doneInLoop: "A loop comes to its end or fails. The plan answers behind it."
    case .criticalPath:
      """
      The longest way through a plan is the sum of timeout × attempts + backoff over the steps that run one after the other; \
      of branches that run at the same time the longest counts, and of a loop one round. When that is more than the deadline, the last attempts are cut \
      off before they can succeed. `route-gen explain FLOW` shows the sum.
      """
    case .longLoop:
      """
      The rounds of a loop run one after the other, so the longest way through a plan counts each of its steps once for every \
      element that `max` allows. Few lists are as long as they may be, which is why this is a warning: a request with a short \
      list is answered in time, and one with a long list fails at its deadline, with the work of its first rounds done. The \
      bound of the loop, the timeouts and the deadline should agree, or one step should ask for all elements at once. \
      `route-gen explain FLOW` shows the sum.
      """
    case .missingTimeout:
      """
      Without a timeout a step waits for its effects until the deadline of the request, and leaves no time to try again, to \
      fall back or to answer well. Compensations and detached steps have times of their own.
      """
    case .missingUndo:
      """
      A step that is neither safe nor idempotent has changed something for good. If the request can still fail behind it, the \
      client sees a failure and may repeat the request. `undo` names the step that takes the change back; it runs before the \
      failure is answered, the last change first.
      """
    case .foreignHandle:
      """
      A handle in a plan in Swift names a place in the memory of the requests of one flow. A handle that another plan's closure \
      has kept in a variable, or that a `step(…)` outside of every closure has given, names nothing here. Call the step in \
      the closure of the flow that reads its output. What several plans do alike is a function that takes handles and \
      returns one.
      """
    case .modifierPlace:
      """
      `.timeout`, `.retry`, `.undo`, `.optional`, `.orElse`, `.on` and `.detached` say how one use of a step runs, so they stand \
      directly behind its `step(…)`. An input, a field of a value, and what `when`, `choose`, `parallel` or `forEach` gives are \
      no use of a step. The blocks of `.undo` and `.orElse` hold one step, because a compensation or a fallback either has \
      run or has not.
      """
    case .statementInParallel:
      """
      Every statement of `parallel { … }` in Swift is one branch. A step whose output another one of the group reads, a `when` \
      whose test is a step, or steps inside of an argument are several statements in one. Put those that follow each other \
      into `branch { … }`, or move what the branches read in front of the group.
      """
    case .unusedBinding: "A value that nobody reads costs time and misleads readers. A step that is there for its effect has no output."
    case .suppressionReason:
      """
      A comment may allow a warning, something that the organisation asks for, or a breaking change. It says why, because \
      somebody will ask:

          // route-gen: allow unused-binding because the audit reads it
      """
    case .suppressionCode:
      """
      A comment that begins with `route-gen:` allows one diagnostic, by the code that stands in brackets in its first line, at \
      the same line or at the next one that has anything but comments.
      """
    case .suppressionRefused:
      """
      Most errors say that the generated code would be wrong or could not be written. No comment and no configuration makes it \
      right. Warnings, the rules of the organisation and breaking changes can be allowed.
      """
    case .suppressionUnused:
      """
      A comment that allows what is not there hides the next mistake at that line. Remove it when what it allowed is gone. \
      Comments that allow breaking changes are judged by `route-gen check` alone, because only it looks for them.
      """
    case .configurationSyntax:
      """
      `route-gen.yaml` is YAML: names, a colon, and values that are indented by spaces. I report the first place where it is not.
      """
    case .configurationKey:
      """
      `route-gen.yaml` has three parts: `rules` (severity for each code), `numbers` (`sunset-grace-days`, `slug-length-max`) and \
      `organisation` (`slugs`, `owners`, `required`). The reference page on governance shows each of them.
      """
    case .configurationValue:
      """
      A rule has one of `off`, `warning` and `error`, or a list of paths with one of them each. Numbers are whole, and texts with \
      a `#`, a colon or a backslash stand in single quotes.
      """
    case .configurationCode:
      """
      `rules` names diagnostics by the code that stands in brackets in their first line. Those that say that the generated code \
      would be wrong stay errors; warnings, the rules of the organisation and breaking changes can be configured.
      """
    case .lockSyntax:
      """
      `catalog.lock` is written by `route-gen accept`. What can happen to it is a merge: keep the lines of both sides, remove the \
      marks of the conflict, and accept again. The order of blocks and lines does not matter when it is read.
      """
    case .lockDrift:
      """
      `catalog.lock` holds what the catalog promises, and the .flow files say something else. The lock is committed with them, so \
      that a review sees every promise change. `route-gen check` says whether a change breaks callers, and \
      `swift package route-gen accept` writes the lock anew.
      """
    case .lockSettings:
      """
      The build does not read YAML. It takes the rule configuration from the head of `catalog.lock`, where `route-gen accept` has \
      copied it. Until then the build goes by the rules of before.
      """
    case .slugPattern:
      "`organisation.slugs` in `route-gen.yaml` has regular expressions that every slug matches as a whole, each with its reason."
    case .slugLength: "`numbers.slug-length-max` in `route-gen.yaml` limits slugs further than the 80 characters of the language."
    case .foreignOwner:
      "`organisation.owners` in `route-gen.yaml` lists the teams that a flow can belong to, so that nobody is paged who is not there."
    case .missingAttribute:
      """
      `organisation.required` in `route-gen.yaml` lists what every flow says about itself: `summary`, `tags`, `deadline`, \
      `example`, and for deprecated flows `guide`, `successor` and `sunset`.
      """
    case .checkFlowRemoved, .checkFlowRemovedEarly, .checkTombstoneMissing, .checkMethodChanged, .checkOwnerChanged,
      .checkStabilityLowered, .checkDeprecationWithdrawn, .checkSunsetEarlier, .checkNoticeShort, .checkRetiredEarly,
      .checkGoneAfterSunset, .checkSuccessorChanged, .checkSuccessorRemoved, .checkGuideRemoved, .checkAliasRemoved,
      .checkAliasRepointed, .checkAliasModeChanged, .checkSlugReused, .checkSlugRepointed, .checkTombstoneRemoved,
      .checkTombstoneSuccessorChanged, .checkReservationRemoved, .checkDeadlineShortened, .checkProfileLowered,
      .checkInFlightLowered, .checkIdempotencyRequired, .checkIdempotencyRemoved, .checkIdempotencyTTLShortened,
      .checkRequirementAdded, .checkRequirementRemoved, .checkTenantRequired, .checkTenantDropped, .checkBindRemoved,
      .checkBindRepointed, .checkPathFieldRenamed, .checkHeaderRemoved, .checkHeaderChanged, .checkInputAdded,
      .checkInputRemoved, .checkInputSourceChanged, .checkInputFieldAdded, .checkInputFieldRemoved,
      .checkInputFieldRequired, .checkInputTypeChanged, .checkInputEnumNarrowed, .checkInputLengthTightened,
      .checkInputRangeTightened, .checkInputItemsTightened, .checkInputPatternChanged, .checkInputUniqueAdded,
      .checkInputDefaultChanged, .checkOutputKindChanged, .checkStatusChanged, .checkOutputFieldRemoved,
      .checkOutputFieldOptional, .checkOutputTypeChanged, .checkOutputEnumWidened, .checkOutputLengthLoosened,
      .checkOutputRangeLoosened, .checkOutputItemsLoosened, .checkOutputPatternChanged, .checkOutputUniqueRemoved,
      .checkSensitiveRemoved, .checkErrorAdded, .checkErrorRemoved, .checkErrorStatusChanged, .checkErrorFieldRemoved:
      CheckRule.rule(self)?.explanation ?? ""
    }
  }
}
