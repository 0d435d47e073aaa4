import GeneratedFlows
import ZerverCatalog
import ZerverCore

// Flows of `Tests/GeneratedFlows/v1` once more, as plans in Swift: what a test says of the one, it says of the other.

enum SwiftTwins {
  static let flows: [any CatalogFlow] = [takeBack, fallBack, answerErrors, answerMood, nestLoops, workOffAll]
  static let catalog = FlowCatalog(flows)

  private static let short = Duration.milliseconds(100)

  static let takeBack = Flow("take-back", .v1, method: .post, owner: "language", input: Batch.self) { input in
    let first = step(ChangeJob.self, input.key).timeout(short).undo { step(ForgetJob.self, input.key, $0) }
    let notes = forEach(input.jobs, max: 5) { job in
      step(ChangeJob.self, job.key).timeout(short).undo { note in step(RestoreJob.self, note) }
    }
    let last = step(ChangeJob.self, input.key).timeout(short).undo { note in step(RestoreJob.self, note) }
    step(CheckJob.self, input.key).timeout(short)
    step(JoinNotes.self, optional(first), optional(last), optional(notes))
  }
  .on(.jobRefused, 409)

  static let fallBack = Flow("fall-back", .v1, method: .post, owner: "language", input: Batch.self) { input in
    let guessed = step(TakeJob.self, input.key).timeout(short).orElse { step(GuessNote.self, input.key) }
    let asked = step(TakeJob.self, input.key).timeout(short).retry(1).orElse { step(AskOther.self, input.key) }
    let standard = step(TakeJob.self, input.key).timeout(short).orElse(JobNote())
    let maybe = step(TakeJob.self, input.key).timeout(short).optional()
    step(TellOthers.self, guessed).timeout(short).optional()
    let notes = forEach(input.jobs, max: 3) { job in step(GuessNote.self, job.key) }
    let pair = step(JoinNotes.self, maybe, optional(standard), optional(notes))
    let both = step(JoinNotes.self, optional(asked), optional(guessed), optional(notes))
    step(JoinNotes.self, optional(pair), optional(both), optional(notes))
  }

  static let answerErrors = Flow("answer-errors", .v1, method: .post, owner: "language", input: Job.self) { input in
    let first = step(TakeJob.self, input.key).timeout(short)
      .on(.jobRefused, 418)
      .on(.jobLost) {
        let sorry = step(GuessNote.self, input.key)
        done(step(ShowNote.self, sorry))
      }
    let second = step(RefuseNote.self, first).on(.jobRefused, 451)
    let third = step(RefuseNote.self, second)
    step(ShowNote.self, third)
  }
  .on(.jobRefused, 409)

  static let answerMood = Flow("answer-mood", .v1, method: .post, owner: "language", input: Job.self) { input in
    let jobs = step(SplitJob.self, input)
    let notes = forEach(jobs, max: 9) { job in step(GuessNote.self, job.key) }
    choose(input.mood) {
      arm(.calm) { done(step(NameMood.self, input.mood)) }
      arm(.busy, .angry) {
        let loud = step(NameMood.self, input.mood)
        when(input.mood == .angry) { done(step(ShowNote.self, loud)) }
        done(step(GuessNote.self, loud.text))
      }
      otherwise { done(step(ShowNotes.self, notes)) }
    }
  }

  static let nestLoops = Flow("nest-loops", .v1, method: .post, owner: "language", input: Batch.self) { input in
    let lines = forEach(input.jobs, max: 3) { job in
      let parts = step(SplitJob.self, job)
      let (notes, slow) = parallel(.any) {
        forEach(parts, max: 2) { part in
          when(part.mood == .busy) { step(CheckJob.self, part.key).timeout(short) }
          step(AskOther.self, part.key).timeout(short)
        }
        step(TakeJob.self, job.key).timeout(short)
      }
      step(JoinNotes.self, slow, slow, notes)
    }
    forEach(input.more, max: 2) { job in step(CheckJob.self, job.key).timeout(short) }
    step(ShowNotes.self, lines)
  }
  .on(.jobRefused, 409)
  .on(.jobLost, 410)

  /// By the fragment of the language, which uses every modifier.
  static let workOffAll = Flow("work-off-all", .v1, method: .post, owner: "language", input: .body(Work.self), output: .json()) { input in
    let note = WorkOff.plan(key: input.job.key, jobs: input.jobs, mood: input.job.mood)
    step(ShowNote.self, note)
  }
  .on(.jobRefused, 409)
}
