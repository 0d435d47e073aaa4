import Glibc

/// All sockets on which a server listens, before its workers have them.
struct ServerListeners {
  /// One place to listen, with a descriptor for each worker.
  struct Place {
    /// `127.0.0.1:8080`, `unix:/run/shop.sock`.
    let description: String
    /// 0 for a Unix-domain socket.
    let port: Int
    let isEncrypted: Bool
    let allowsHTTP2: Bool
    let isShared: Bool
    let descriptors: [Int32]
    /// To be removed when the server has ended.
    let file: SocketFile?
  }

  private(set) var places: [Place] = []
  /// Each of them listens at every place.
  private(set) var workers: Int
  let areInherited: Bool

  /// Opens what the configuration asks for, or takes what the process was started with.
  init(_ configuration: ServerConfiguration) throws(ProactorError) {
    workers = configuration.workerCount
    let inherited = try InheritedListeners.take()
    areInherited = inherited != nil
    do throws(ProactorError) {
      if let inherited {
        try take(inherited, configuration.listenAddresses)
      } else {
        for address in configuration.listenAddresses { places.append(try Self.open(address, workers: workers)) }
      }
    } catch {
      close()
      throw error
    }
  }

  /// The sockets of one worker, which closes them.
  func listeners(ofWorker index: Int) -> [WorkerListener] {
    places.map {
      WorkerListener(
        descriptor: $0.descriptors[index], isShared: $0.isShared, isEncrypted: $0.isEncrypted, allowsHTTP2: $0.allowsHTTP2)
    }
  }

  /// For a server that does not start.
  func close() {
    for place in places {
      for descriptor in place.descriptors { Glibc.close(descriptor) }
      place.file?.remove()
    }
  }

  // MARK: Inherited

  private mutating func take(
    _ inherited: InheritedListeners, _ addresses: [ServerConfiguration.ListenAddress]
  ) throws(ProactorError) {
    if addresses.count == 1 {
      let (address, descriptors) = try inherited.shared(among: workers)
      workers = descriptors.count
      return places.append(Self.inherited(address, descriptors, addresses[0]))
    }
    guard inherited.descriptors.count == addresses.count else {
      throw ProactorError(
        operation: "use \(inherited.descriptors.count) inherited sockets", errno: EINVAL,
        explanation: "there are \(addresses.count) places to listen, and each takes one, in this order")
    }
    for (descriptor, address) in zip(inherited.descriptors, addresses) {
      let (own, descriptors) = try InheritedListeners(descriptors: [descriptor]).shared(among: workers)
      places.append(Self.inherited(own, descriptors, address))
    }
  }

  private static func inherited(
    _ address: SocketAddress, _ descriptors: [Int32], _ listen: ServerConfiguration.ListenAddress
  ) -> Place {
    Place(
      description: address.description, port: Int(address.port), isEncrypted: listen.isEncrypted,
      allowsHTTP2: listen.allowsHTTP2, isShared: true, descriptors: descriptors, file: nil)
  }

  // MARK: Opened

  private static func open(_ address: ServerConfiguration.ListenAddress, workers: Int) throws(ProactorError) -> Place {
    switch address.place {
    case .tcp(let host, let port):
      let (own, descriptors) = try openPort(host, port, workers: workers)
      return Place(
        description: own.description, port: Int(own.port), isEncrypted: address.isEncrypted,
        allowsHTTP2: address.allowsHTTP2, isShared: false, descriptors: descriptors, file: nil)
    case .unix(let path):
      let (descriptor, file) = try UnixListener.open(path: path)
      return Place(
        description: "unix:\(path)", port: 0, isEncrypted: address.isEncrypted,
        allowsHTTP2: address.allowsHTTP2, isShared: false, descriptors: try copies(of: descriptor, workers), file: file)
    }
  }

  /// One listener for each worker, all on one port. A request for port 0 is answered by the first.
  private static func openPort(_ host: String, _ port: Int, workers: Int) throws(ProactorError) -> (SocketAddress, [Int32]) {
    let first = try Listener(host: host, port: UInt16(truncatingIfNeeded: port))
    let address = first.address
    var descriptors = [first.release()]
    while descriptors.count < workers {
      do throws(ProactorError) {
        descriptors.append(try Listener(host: host, port: address.port, joining: true).release())
      } catch {
        for descriptor in descriptors { Glibc.close(descriptor) }
        throw error
      }
    }
    return (address, descriptors)
  }

  private static func copies(of descriptor: Int32, _ count: Int) throws(ProactorError) -> [Int32] {
    var descriptors = [descriptor]
    while descriptors.count < count {
      let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
      guard copy >= 0 else {
        let error = ProactorError.last("dup of a listening socket")
        for descriptor in descriptors { Glibc.close(descriptor) }
        throw error
      }
      descriptors.append(copy)
    }
    return descriptors
  }
}
