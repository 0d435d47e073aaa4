import Testing

@testable import CheckoutSteps
