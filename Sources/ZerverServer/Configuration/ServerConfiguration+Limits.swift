import ZerverCore

// The configuration in the words of the core.
extension ServerConfiguration {
  var httpLimits: HTTPLimits {
    var limits = HTTPLimits()
    limits.requestLineBytesMax = http.requestLineBytesMax
    limits.headerBytesMax = http.headerBytesMax
    limits.headersMax = http.headerCountMax
    return limits
  }

  var machineLimits: RequestMachine.Limits {
    var limits = RequestMachine.Limits()
    limits.parallelStepsMax = requests.parallelStepsMax
    limits.effectsInFlightMax = requests.effectsInFlightMax
    return limits
  }
}
