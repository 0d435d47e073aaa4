public import ZerverCore

// Each asks the database about its key, so that a test decides what becomes of it.

public enum TakeJob: TakeJobStep {
  public static func run(key: String) -> Decision<JobNote> { .need(.query("TAKE", .text(key))) }

  public static func resume(_ resumption: Resumption, key: String) throws(FlowFailure) -> Decision<JobNote> {
    guard let row = try resumption.rows().first else { return .fail(.jobRefused(key: key)) }
    if try row.int("value") < 0 { return .fail(.jobLost(key: key)) }
    return .continue(JobNote(text: "took \(key)", count: try row.int("value")))
  }
}

public enum ChangeJob: ChangeJobStep {
  public static func run(key: String) -> Decision<JobNote> { .need(.execute("CHANGE", .text(key))) }

  public static func resume(_ resumption: Resumption, key: String) throws(FlowFailure) -> Decision<JobNote> {
    guard let row = try resumption.rows().first else { return .fail(.jobRefused(key: key)) }
    return .continue(JobNote(text: key, count: try row.int("value")))
  }
}

public enum RestoreJob: RestoreJobStep {
  public static func run(note: JobNote) -> Decision<NoOutput> { .need(.execute("RESTORE", .text(note.text))) }

  public static func resume(_ resumption: Resumption, note: JobNote) throws(FlowFailure) -> Decision<NoOutput> {
    if try resumption.rows().isEmpty { return .fail(.jobLost(key: note.text)) }
    return .continue(NoOutput())
  }
}

public enum ForgetJob: ForgetJobStep {
  public static func run(key: String, note: JobNote) -> Decision<NoOutput> {
    .need(.execute("FORGET", .text(key), .int(note.count)))
  }

  public static func resume(_ resumption: Resumption, key: String, note: JobNote) throws(FlowFailure) -> Decision<NoOutput> {
    _ = try resumption.rows()
    return .continue(NoOutput())
  }
}

public enum GuessNote: GuessNoteStep {
  public static func run(key: String) -> Decision<JobNote> { .continue(JobNote(text: "guessed \(key)")) }
}

public enum AskOther: AskOtherStep {
  public static func run(key: String) -> Decision<JobNote> { .need(.query("ASK", .text(key))) }

  public static func resume(_ resumption: Resumption, key: String) throws(FlowFailure) -> Decision<JobNote> {
    _ = try resumption.rows()
    return .continue(JobNote(text: "asked for \(key)"))
  }
}

public enum TellOthers: TellOthersStep {
  public static func run(note: JobNote) -> Decision<NoOutput> { .need(.execute("TELL", .text(note.text))) }

  public static func resume(_ resumption: Resumption, note: JobNote) throws(FlowFailure) -> Decision<NoOutput> {
    _ = try resumption.rows()
    return .continue(NoOutput())
  }
}

public enum CheckJob: CheckJobStep {
  public static func run(key: String) -> Decision<NoOutput> { .need(.now) }

  public static func resume(_ resumption: Resumption, key: String) throws(FlowFailure) -> Decision<NoOutput> {
    key.hasPrefix("bad") ? .fail(.jobRefused(key: key)) : .continue(NoOutput())
  }
}

public enum JoinNotes: JoinNotesStep {
  public static func run(first: JobNote?, second: JobNote?, notes: [JobNote]?) -> Decision<JobNote> {
    .continue(JobNote(text: ([first, second] + (notes ?? [])).map { $0?.text ?? "-" }.joined(separator: ", "), count: notes?.count ?? 0))
  }
}

public enum NameMood: NameMoodStep {
  public static func run(mood: JobMood) -> Decision<JobNote> { .continue(JobNote(text: mood.rawValue)) }
}

public enum ShowNote: ShowNoteStep {
  public static func run(note: JobNote) -> Decision<JobNote> { .continue(note) }
}

public enum ShowNotes: ShowNotesStep {
  public static func run(notes: [JobNote]) -> Decision<JobNote> {
    .continue(JobNote(text: notes.map(\.text).joined(separator: ", "), count: notes.count))
  }
}

public enum SplitJob: SplitJobStep {
  public static func run(job: Job) -> Decision<[Job]> {
    .continue(job.key.split(separator: "+").map { Job(key: String($0), mood: job.mood) })
  }
}

public enum RefuseNote: RefuseNoteStep {
  public static func run(note: JobNote) -> Decision<JobNote> {
    note.text.hasPrefix("bad") ? .fail(.jobRefused(key: note.text)) : .continue(note)
  }
}
