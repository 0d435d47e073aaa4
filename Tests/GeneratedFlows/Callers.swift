public import ZerverCore

public enum WelcomeVisit: WelcomeVisitStep {
  public static func run(visit: Visit, caller: Caller?) -> Decision<Welcome> {
    .continue(Welcome(text: "Welcome, \(caller?.subject ?? "stranger")!", place: visit.place, visits: visit.visits))
  }
}

public enum AdmitVisit: AdmitVisitStep {
  public static func run(visit: Visit, caller: Caller) -> Decision<Welcome> {
    guard caller.tenant == visit.place else { return .fail(.notAdmitted(place: visit.place)) }
    return .continue(Welcome(text: visit.note ?? caller.subject, place: visit.place, visits: visit.visits))
  }
}

public enum DescribeVisit: DescribeVisitStep {
  public static func run(visit: Visit) -> Decision<Welcome> {
    .continue(Welcome(text: visit.note ?? "-", place: visit.place, visits: visit.visits))
  }
}

/// The plan of `describe-visit`, whose paths and headers stand in its `.flow` file.
enum DescribeVisitPlan: DescribeVisitV1Plan {
  static func plan(_ visit: Handle<Visit>) -> FlowAnswer<Welcome> { step(DescribeVisit.self, visit) }
}
