/// How the output of a flow becomes a response.
@usableFromInline
enum AnswerForm: Equatable, Sendable {
  case json(status: UInt16)
  case text(status: UInt16)
  /// The file at a path.
  case file
  /// In parts.
  case stream(status: UInt16)
  case none

  @usableFromInline var status: UInt16 {
    switch self {
    case .json(let status), .text(let status), .stream(let status): status
    case .file: 200
    case .none: 204
    }
  }
}

/// The end of a plan: it has answered with a value of this type.
public struct FlowAnswer<Output>: Sendable {
  @usableFromInline init() {}
}

extension PlanRecorder {
  @inlinable
  static func answer<Output: JSONEncodable>(_ handle: Handle<Output>, at place: FlowPlace) -> FlowAnswer<Output> {
    guard let recorder = here() else { return FlowAnswer() }
    let status = recorder.form.status
    let headers = recorder.headers(of: Output.self)?.write
    if let decide = handle.decide, recorder.isLast(handle.origin) {
      recorder.complete(handle.origin, Output.self, at: place) { context in
        do throws(FlowFailure) {
          guard let headers else { return try context.complete(decide(context), status: status) }
          return try context.complete(decide(context), status: status, headers: headers)
        } catch {
          return context.fail(error)
        }
      }
    } else {
      let source = handle.source
      recorder.answer(handle.origin, Output.self, at: place) { context in
        do throws(FlowFailure) {
          guard let headers else { return try context.complete(.continue(source.value(in: context)), status: status) }
          return try context.complete(.continue(source.value(in: context)), status: status, headers: headers)
        } catch {
          return context.fail(error)
        }
      }
    }
    return FlowAnswer()
  }

  @usableFromInline
  static func answerText(_ handle: Handle<String>, at place: FlowPlace) -> FlowAnswer<String> {
    guard let recorder = current, let finish = finish(recorder) else { return answer(handle, at: place) }
    if let decide = handle.decide, recorder.isLast(handle.origin) {
      recorder.complete(handle.origin, String.self, at: place) { context in
        do throws(FlowFailure) {
          return try finish(&context, decide(context))
        } catch {
          return context.fail(error)
        }
      }
    } else {
      let source = handle.source
      recorder.answer(handle.origin, String.self, at: place) { context in
        do throws(FlowFailure) {
          return try finish(&context, .continue(source.value(in: context)))
        } catch {
          return context.fail(error)
        }
      }
    }
    return FlowAnswer()
  }

  private typealias Finish = @Sendable (inout RequestContext, consuming Decision<String>) throws(FlowFailure) -> StepOutcome

  /// What makes an answer of a text: the text itself, or the file at that path. `nil` where it is JSON.
  private static func finish(_ recorder: PlanRecorder) -> Finish? {
    let headers = recorder.headers(of: String.self)?.write
    switch recorder.form {
    case .text(let status):
      return { (context, decision) throws(FlowFailure) in
        try context.completeText(decision, status: status) { headers?("", &$0) }
      }
    case .file: return { (context, decision) throws(FlowFailure) in try context.completeFile(decision) { headers?("", &$0) } }
    case .json, .stream, .none: return nil
    }
  }

  @inlinable
  static func answerList<Element: JSONEncodable>(_ handle: Handle<[Element]>, at place: FlowPlace) -> FlowAnswer<[Element]> {
    guard let recorder = here(), case .stream(let status) = recorder.form else { return answer(handle, at: place) }
    // A stream has no output when its head is written, and so no header reads one.
    let write = recorder.headers(of: [Element].self)?.write
    let headers = write.map { write in { @Sendable (lines: inout HeaderLines) in write([], &lines) } }
    if let decide = handle.decide, recorder.isLast(handle.origin) {
      let givesParts = recorder.givesParts(handle.origin)
      recorder.complete(handle.origin, [Element].self, at: place) { context in
        do throws(FlowFailure) {
          return try context.completeStream(decide(context), status: status, givesParts: givesParts, headers: headers)
        } catch {
          return context.fail(error)
        }
      }
    } else {
      let source = handle.source
      recorder.answer(handle.origin, [Element].self, at: place) { context in
        do throws(FlowFailure) {
          return try context.completeStream(
            .continue(source.value(in: context)), status: status, givesParts: false, headers: headers)
        } catch {
          return context.fail(error)
        }
      }
    }
    return FlowAnswer()
  }

  @usableFromInline
  static func answerNothing(_ handle: Handle<NoOutput>, at place: FlowPlace) -> FlowAnswer<NoOutput> {
    guard let recorder = current else { return FlowAnswer() }
    let headers = recorder.headers(of: NoOutput.self)?.write
    if let decide = handle.decide, recorder.isLast(handle.origin) {
      recorder.complete(handle.origin, NoOutput.self, at: place) { context in
        do throws(FlowFailure) {
          return try context.completeEmpty(decide(context), status: 204) { headers?(NoOutput(), &$0) }
        } catch {
          return context.fail(error)
        }
      }
    } else {
      recorder.answer(handle.origin, NoOutput.self, at: place) { context in
        do throws(FlowFailure) {
          return try context.completeEmpty(.continue(NoOutput()), status: 204) { headers?(NoOutput(), &$0) }
        } catch {
          return context.fail(error)
        }
      }
    }
    return FlowAnswer()
  }

  /// Whether the value is the output of the statement before: that step then answers itself.
  @usableFromInline
  func isLast(_ origin: HandleOrigin) -> Bool {
    guard origin.plan === identity, let use = origin.use, case .use(use)? = block.nodes.last else { return false }
    return !uses[use].isDone
  }

  @usableFromInline
  func givesParts(_ origin: HandleOrigin) -> Bool { origin.use.map { uses[$0].declaration.isStream } ?? false }

  @usableFromInline
  func complete<Output>(_ origin: HandleOrigin, _ type: Output.Type, at place: FlowPlace, _ code: @escaping Code) {
    guard let use = origin.use else { preconditionFailure("only a step answers itself") }
    uses[use].isDone = true
    uses[use].code = code
    end(type, at: place)
  }

  /// Answers with a value that is there already.
  @usableFromInline
  func answer<Output>(_ origin: HandleOrigin, _ type: Output.Type, at place: FlowPlace, _ code: @escaping Code) {
    read(origin, at: place)
    add(Use(declaration: StepDeclaration("done"), place: place, isDone: true, outputType: "\(type)", code: code))
    end(type, at: place)
  }

  private func end<Output>(_ type: Output.Type, at place: FlowPlace) {
    if branchDepth > 0 { report(.doneInBranch(place)) }
    if isInLoop { report(.doneInLoop(place)) }
    answers.append((ObjectIdentifier(type), "\(type)", place))
    if block.end == nil { block.end = place }
  }
}
