import Foundation
import ZerverCatalog

extension CalendarDate {
  /// In UTC, as sunsets are.
  static var today: CalendarDate { CalendarDate(unixSeconds: Int(Date().timeIntervalSince1970)) }
}
