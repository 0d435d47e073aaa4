import CUring
import Glibc

/// The operations that the proactor asks the kernel for, one entry each.
extension zerver_sqe {
  init(_ opcode: Int, _ descriptor: Int32, _ token: ProactorToken) {
    self.init()
    self.opcode = UInt8(truncatingIfNeeded: opcode)
    self.descriptor = descriptor
    user_data = token.bits
  }

  static func accept(_ listener: Int32, _ token: ProactorToken) -> zerver_sqe {
    var entry = zerver_sqe(ZERVER_OP_ACCEPT, listener, token)
    entry.priority = UInt16(ZERVER_ACCEPT_MULTISHOT)
    entry.operation_flags = UInt32(O_CLOEXEC)  // which is SOCK_CLOEXEC
    return entry
  }

  /// Into a buffer that the kernel picks from the group when bytes are there.
  static func receive(_ descriptor: Int32, group: UInt16, _ token: ProactorToken) -> zerver_sqe {
    var entry = zerver_sqe(ZERVER_OP_RECV, descriptor, token)
    entry.priority = UInt16(ZERVER_RECV_MULTISHOT)
    entry.flags = UInt8(ZERVER_SQE_BUFFER_SELECT)
    entry.buffer_group = group
    return entry
  }

  static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ token: ProactorToken) -> zerver_sqe {
    var entry = zerver_sqe(ZERVER_OP_SEND, descriptor, token)
    entry.address = UInt64(UInt(bitPattern: bytes.baseAddress))
    entry.length = UInt32(truncatingIfNeeded: bytes.count)
    // MSG_WAITALL: the kernel sends the rest itself when the socket's buffer was full.
    entry.operation_flags = UInt32(MSG_NOSIGNAL | MSG_WAITALL)
    return entry
  }

  static func poll(_ descriptor: Int32, _ events: PollEvents, _ token: ProactorToken) -> zerver_sqe {
    var entry = zerver_sqe(ZERVER_OP_POLL_ADD, descriptor, token)
    entry.operation_flags = events.rawValue
    return entry
  }

  /// Posts a completion only when there is nothing to cancel.
  static func cancel(_ token: ProactorToken) -> zerver_sqe {
    var entry = zerver_sqe(ZERVER_OP_ASYNC_CANCEL, -1, .ownUse)
    entry.flags = UInt8(ZERVER_SQE_SKIP_SUCCESS)
    entry.address = token.bits
    return entry
  }

  static var cancelEverything: zerver_sqe {
    var entry = zerver_sqe(ZERVER_OP_ASYNC_CANCEL, -1, .ownUse)
    entry.operation_flags = UInt32(ZERVER_CANCEL_EVERYTHING)
    return entry
  }

  /// Posts a completion only when the descriptor is not open.
  static func close(_ descriptor: Int32) -> zerver_sqe {
    var entry = zerver_sqe(ZERVER_OP_CLOSE, descriptor, .ownUse)
    entry.flags = UInt8(ZERVER_SQE_SKIP_SUCCESS)
    return entry
  }
}

extension zerver_cqe {
  var hasMore: Bool { flags & UInt32(ZERVER_CQE_MORE) != 0 }

  /// The buffer that the kernel picked.
  var buffer: BufferID? {
    guard flags & UInt32(ZERVER_CQE_BUFFER) != 0 else { return nil }
    return BufferID(index: UInt16(truncatingIfNeeded: flags >> UInt32(ZERVER_CQE_BUFFER_SHIFT)))
  }
}
