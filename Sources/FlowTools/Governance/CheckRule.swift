package import FlowLanguage

/// One rule of `route-gen check`: what it finds, why that breaks callers, and the way to do it right.
package struct CheckRule {
  package enum Topic: String, CaseIterable {
    case lifeCycle = "Life of a flow"
    case slugs = "Slugs and aliases"
    case calls = "How a flow is called"
    case input = "What a caller sends"
    case output = "What a caller receives"
  }

  package let code: DiagnosticCode
  package let topic: Topic
  /// Half a sentence, lower case: the first line of a report.
  package let title: String
  /// Why callers notice it.
  package let reason: String
  /// What to do instead.
  package let way: String

  package var explanation: String { "\(reason)\n\nThe way to do it: \(way)" }

  /// `nil` for codes of other families.
  package static func rule(_ code: DiagnosticCode) -> CheckRule? { byCode[code] }

  private static let byCode = Dictionary(uniqueKeysWithValues: all.map { ($0.code, $0) })

  package static let all: [CheckRule] = lifeCycle + slugs + calls + input + output

  private init(_ code: DiagnosticCode, _ topic: Topic, _ title: String, _ reason: String, way: String) {
    self.code = code
    self.topic = topic
    self.title = title
    self.reason = reason
    self.way = way
  }

  /// What to do about most changes of a contract.
  private static let newVersion = """
    write the change into a flow of the next version, and give this one `deprecated`, `sunset` and `successor` lines.
    """

  private static let lifeCycle = [
    CheckRule(
      .checkFlowRemoved, .lifeCycle, "flow removed without a deprecation",
      "Callers of the flow get 404 from one day to the next, and nothing has told them.",
      way: "keep the flow, and announce its end with `deprecated`, `sunset` and, where there is one, `successor`."),
    CheckRule(
      .checkFlowRemovedEarly, .lifeCycle, "flow removed before its sunset",
      "The flow has told its callers a day until which it is answered, in a header of every response.",
      way: "keep the flow until that day. Then remove it, and leave a `tombstone` line."),
    CheckRule(
      .checkTombstoneMissing, .lifeCycle, "flow removed without a tombstone",
      "After its sunset a flow may go. Without a tombstone its path answers 404 as if it had never been there, and the slug may come back with another meaning.",
      way: "declare `tombstone v1/old-flow successor v2/new-flow \"why it is gone\"`: the path answers 410."),
    CheckRule(
      .checkMethodChanged, .lifeCycle, "method changed",
      "A request with the method that callers use is answered 405.", way: newVersion),
    CheckRule(
      .checkOwnerChanged, .lifeCycle, "owner changed",
      "Somebody else answers for the flow from now on. It breaks no caller, and both teams should know.",
      way: "have both teams review the change, and accept it."),
    CheckRule(
      .checkStabilityLowered, .lifeCycle, "stable flow made experimental",
      "A stable flow has promised to stay as it is. Callers cannot give back what they have built on the promise.",
      way: "leave it stable, and try what is new in a flow of its own or in the next version."),
    CheckRule(
      .checkDeprecationWithdrawn, .lifeCycle, "deprecation withdrawn",
      "Callers were told to move on, and some of them have started to. It breaks nobody, but it costs trust.",
      way: "tell the callers that the flow stays, and accept the change."),
    CheckRule(
      .checkSunsetEarlier, .lifeCycle, "sunset moved to an earlier day",
      "Callers have planned with the day that every response has told them.",
      way: "leave the day as it is, or move it to a later one."),
    CheckRule(
      .checkNoticeShort, .lifeCycle, "sunset announced too late",
      "From the announcement to the sunset callers have to notice, plan, build and release.",
      way: "choose a later day. `sunset-grace-days` in `route-gen.yaml` says how many days callers have at least."),
    CheckRule(
      .checkRetiredEarly, .lifeCycle, "flow retired before its sunset",
      "`status retired` answers 410 at once, and callers were promised answers for longer, or were not warned at all.",
      way: "give the flow `deprecated` and `sunset` lines, and retire it when that day has come."),
    CheckRule(
      .checkGoneAfterSunset, .lifeCycle, "flow will answer 410 after its sunset",
      "Until now the flow would have been answered after its sunset as long as it is there. Late callers now meet an error on that day.",
      way: "look at who still calls it with `route-gen usage`, tell them, and accept the change."),
    CheckRule(
      .checkSuccessorChanged, .lifeCycle, "successor changed",
      "Callers that are on their way to the successor they were told about arrive at the wrong one.",
      way: "let the old successor name the new one as its own successor, or tell the callers and accept the change."),
    CheckRule(
      .checkSuccessorRemoved, .lifeCycle, "successor removed",
      "Callers that ask where to go get no answer any more.", way: "name a successor as long as there is one."),
    CheckRule(
      .checkGuideRemoved, .lifeCycle, "guide removed",
      "The link in the responses that says how to move on is gone.", way: "keep the guide as long as the flow is answered."),
  ]

  private static let slugs = [
    CheckRule(
      .checkAliasRemoved, .slugs, "alias removed",
      "Requests to the alias are answered 404. An alias is a promise like a flow.",
      way: "keep the alias as long as the flow of its version is there."),
    CheckRule(
      .checkAliasRepointed, .slugs, "alias leads to another flow",
      "Callers of the alias reach a flow that they have never asked for, with another input and another answer.",
      way: "keep the alias where it is, and give the other flow an alias of another name."),
    CheckRule(
      .checkAliasModeChanged, .slugs, "alias is answered in another way",
      "A caller that does not follow redirects gets no answer from an alias that was served in place; one that records where it was redirected is not told any more.",
      way: "add a second alias of the other kind, and move callers to it."),
    CheckRule(
      .checkSlugReused, .slugs, "slug has another meaning now",
      "The path was an alias of another flow, or a flow that is gone. Late callers of the old meaning reach the new one, and nothing tells them.",
      way: "choose a slug that was never used in this version."),
    CheckRule(
      .checkSlugRepointed, .slugs, "flow replaced by an alias of another flow",
      "Callers of the flow now reach another one under the same path.",
      way: "keep the flow until its sunset, with the other one as its `successor`."),
    CheckRule(
      .checkTombstoneRemoved, .slugs, "tombstone removed",
      "A tombstone answers 410 for good, so that late callers learn the flow is gone, and its slug never comes back.",
      way: "keep the `tombstone` line."),
    CheckRule(
      .checkTombstoneSuccessorChanged, .slugs, "successor of a tombstone changed",
      "Late callers are sent elsewhere than before.",
      way: "point to where the old successor has moved, and accept the change."),
    CheckRule(
      .checkReservationRemoved, .slugs, "reserved slug freed",
      "The slug was reserved for a reason that stands beside it, and from now on a flow could take it.",
      way: "keep the `reserved` line as long as its reason holds."),
  ]

  private static let calls = [
    CheckRule(
      .checkDeadlineShortened, .calls, "deadline shortened",
      "Requests that were answered in time are cut off with 504.",
      way: "make the flow faster first; shorten the deadline in the next version, or accept it when measurements show that nobody is cut off."),
    CheckRule(
      .checkProfileLowered, .calls, "priority lowered",
      "Requests wait behind others that they used to overtake, and are refused earlier under load.",
      way: newVersion),
    CheckRule(
      .checkInFlightLowered, .calls, "fewer requests in flight",
      "Callers that send as many requests at once as before are refused with 503.",
      way: "look at the greatest number in flight in the metrics, and accept the change when it is below the new limit."),
    CheckRule(
      .checkIdempotencyRequired, .calls, "idempotency key newly required",
      "Requests without an `Idempotency-Key` are answered 400.",
      way: "make it `idempotency optional` first; require it in the next version."),
    CheckRule(
      .checkIdempotencyRemoved, .calls, "idempotency key not honoured any more",
      "Callers repeat a request with its key and trust that it takes effect once. Now it takes effect twice.",
      way: newVersion),
    CheckRule(
      .checkIdempotencyTTLShortened, .calls, "idempotency keys are kept shorter",
      "A repetition that comes later than the new time takes effect a second time.", way: newVersion),
    CheckRule(
      .checkRequirementAdded, .calls, "role or capability newly required",
      "Callers without it are answered 403.",
      way: "grant it to all callers first and accept the change then, or ask for it in the next version."),
    CheckRule(
      .checkRequirementRemoved, .calls, "role or capability not required any more",
      "It breaks no caller, and it opens the flow to more of them.",
      way: "have somebody who answers for security review it, and accept the change."),
    CheckRule(
      .checkTenantRequired, .calls, "tenant newly required",
      "Requests that name no tenant are answered 401.", way: "make it `tenant optional` first; require it in the next version."),
    CheckRule(
      .checkTenantDropped, .calls, "tenants are not told apart any more",
      "The caps of a tenant do not hold for this flow any more, and its steps do not know who is asking.",
      way: "have somebody who answers for the tenants' isolation review it, and accept the change."),
    CheckRule(
      .checkBindRemoved, .calls, "REST path removed",
      "Requests to the path are answered 404.", way: "keep the `bind` line as long as the flow is there."),
    CheckRule(
      .checkBindRepointed, .calls, "REST path leads to another flow",
      "Callers of the path reach a flow that they have never asked for.",
      way: "bind the other flow to a path of its own."),
    CheckRule(
      .checkPathFieldRenamed, .calls, "field of a path renamed",
      "The path is the same on the wire. Clients that are generated from OpenAPI get another parameter name.",
      way: "keep the name, or tell those who generate clients and accept the change."),
    CheckRule(
      .checkHeaderRemoved, .calls, "response header removed",
      "Callers that read the header find nothing.", way: newVersion),
    CheckRule(
      .checkHeaderChanged, .calls, "response header has another value",
      "Callers that read the header get something else.",
      way: "send the new value under another name, or accept the change when it means the same."),
  ]

  private static let input = [
    CheckRule(
      .checkInputAdded, .input, "flow reads an input now",
      "Requests of before have none and are refused with 400 or 422.", way: newVersion),
    CheckRule(
      .checkInputRemoved, .input, "flow reads no input any more",
      "What callers send is not read any more, and nothing tells them.", way: newVersion),
    CheckRule(
      .checkInputSourceChanged, .input, "input that is sent in another way",
      "Callers send every value to a place, or in a form, in which it is not looked for.", way: newVersion),
    CheckRule(
      .checkInputFieldAdded, .input, "new required field of an input",
      "Requests of before do not have the field and are refused with 422.",
      way: "give the field a default, or make it optional with `?`; require it in the next version."),
    CheckRule(
      .checkInputFieldRemoved, .input, "field of an input removed",
      "Callers still send the field, and fields that I do not know are refused with 422.",
      way: "keep the field as optional and do not read it. Remove it in the next version."),
    CheckRule(
      .checkInputFieldRequired, .input, "field of an input made required",
      "Requests without the field are refused with 422.",
      way: "leave it optional or give it a default; require it in the next version."),
    CheckRule(
      .checkInputTypeChanged, .input, "type of an input changed",
      "What callers send does not fit any more and is refused with 422.",
      way: "add a field of the new type beside it, optional or with a default; remove the old one in the next version."),
    CheckRule(
      .checkInputEnumNarrowed, .input, "case of an input removed",
      "Callers that send the case are refused with 422.",
      way: "keep the case and treat it like another one. Remove it in the next version."),
    CheckRule(
      .checkInputLengthTightened, .input, "length of an input tightened",
      "Texts that were long or short enough are refused with 422.", way: newVersion),
    CheckRule(
      .checkInputRangeTightened, .input, "range of an input tightened",
      "Numbers that were accepted are refused with 422.", way: newVersion),
    CheckRule(
      .checkInputItemsTightened, .input, "number of items of an input tightened",
      "Lists that were long or short enough are refused with 422.", way: newVersion),
    CheckRule(
      .checkInputPatternChanged, .input, "pattern of an input changed",
      "Texts that matched before may be refused with 422. I do not compare what two patterns accept: an added or changed one counts, a removed one does not.",
      way: "where the new pattern accepts all that the old one did, accept the change. Otherwise, \(newVersion)"),
    CheckRule(
      .checkInputUniqueAdded, .input, "repeated items of an input are refused now",
      "Lists with two equal items are refused with 422.", way: newVersion),
    CheckRule(
      .checkInputDefaultChanged, .input, "default of an input changed",
      "The same request, without the field, means something else.", way: newVersion),
  ]

  private static let output = [
    CheckRule(
      .checkOutputKindChanged, .output, "another kind of output",
      "Callers read JSON, text, a stream or nothing, and get something else.", way: newVersion),
    CheckRule(
      .checkStatusChanged, .output, "status of the answer changed",
      "Callers that expect the old status take the new one for something else.", way: newVersion),
    CheckRule(
      .checkOutputFieldRemoved, .output, "field of an output removed",
      "Callers that read the field find nothing.", way: "keep the field. Remove it in the next version."),
    CheckRule(
      .checkOutputFieldOptional, .output, "field of an output may be missing now",
      "Callers rely on the field being there.", way: "keep filling the field, or add an optional one beside it."),
    CheckRule(
      .checkOutputTypeChanged, .output, "type of an output changed",
      "Callers cannot read what they get.", way: "add a field of the new type beside it. Remove the old one in the next version."),
    CheckRule(
      .checkOutputEnumWidened, .output, "new case of an output",
      "Callers meet a case that they do not know, and many decoders fail on one.", way: newVersion),
    CheckRule(
      .checkOutputLengthLoosened, .output, "length of an output loosened",
      "Callers get texts that do not fit where the old ones did: a column, a field of a form.", way: newVersion),
    CheckRule(
      .checkOutputRangeLoosened, .output, "range of an output loosened",
      "Callers get numbers that do not fit where the old ones did.", way: newVersion),
    CheckRule(
      .checkOutputItemsLoosened, .output, "number of items of an output loosened",
      "Callers get more or fewer items than they were promised.", way: newVersion),
    CheckRule(
      .checkOutputPatternChanged, .output, "pattern of an output changed",
      "Callers get texts that may not have the form that they were promised. I do not compare what two patterns accept: a removed or changed one counts, an added one does not.",
      way: "where the new pattern accepts nothing that the old one did not, accept the change. Otherwise, \(newVersion)"),
    CheckRule(
      .checkOutputUniqueRemoved, .output, "items of an output may repeat now",
      "Callers that use an item as a key lose one of two.", way: newVersion),
    CheckRule(
      .checkSensitiveRemoved, .output, "sensitive field made plain",
      "The value appears in logs, traces and problem details from now on, and it was promised never to.",
      way: "leave the field `sensitive`."),
    CheckRule(
      .checkErrorAdded, .output, "new error of a flow",
      "Callers meet a problem that they do not know.",
      way: "answer with an error that the flow has already, or declare the new one in the next version."),
    CheckRule(
      .checkErrorRemoved, .output, "error of a flow removed",
      "It breaks no caller. Those that handle the problem never meet it any more.",
      way: "make sure that nothing else happens in its place, and accept the change."),
    CheckRule(
      .checkErrorStatusChanged, .output, "status of an error changed",
      "Callers that tell problems apart by their status take this one for another.", way: newVersion),
    CheckRule(
      .checkErrorFieldRemoved, .output, "field of an error removed",
      "Callers that read the member of the problem find nothing.", way: "keep the field. Remove it in the next version."),
  ]
}
