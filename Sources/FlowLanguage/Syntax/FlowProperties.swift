// The properties of a flow that are more than one word, and the declarations that concern flows.

/// `bind GET /orders/{order-id}`
package struct BindingSyntax {
  package let method: NameSyntax
  /// As written; the checker reads it.
  package let path: NameSyntax
}

/// `requires role admin`
package struct RequirementSyntax {
  package let kind: NameSyntax
  package let name: NameSyntax
}

/// `idempotency required ttl 24h`
package struct IdempotencySyntax {
  package let keyword: SourceSpan
  package let mode: NameSyntax
  package let ttl: DurationSyntax
}

/// `header location "/orders/{order-id}"`
package struct HeaderSyntax {
  package let name: NameSyntax
  package let template: Spanned<String>
}

/// `profile nightly { class batch  deadline 30s  in-flight 4 }`
package struct ProfileSyntax {
  package let name: NameSyntax
  package let documentation: [String]
  package var priorityClass: NameSyntax?
  package var deadline: DurationSyntax?
  package var inFlight: Spanned<Int>?
  /// A part could not be read: what is missing was reported.
  package var isBroken = false
}

/// `reserved pay-cart "why"`
package struct ReservationSyntax {
  package let slug: NameSyntax
  package let reason: Spanned<String>
}

/// `tombstone v1/old-slug successor v2/new-slug "why"`
package struct TombstoneSyntax {
  package let reference: ReferenceSyntax
  package let successor: ReferenceSyntax?
  package let reason: Spanned<String>
}
