extension Catalog {
  /// One catalog over several modules' catalogs, packed anew when a server starts. The entries keep their order, so the
  /// entries of the second catalog begin behind those of the first.
  ///
  /// Throws when two modules claim one path; the collision counts entries in the merged order.
  public init(merging catalogs: [Catalog]) throws(AliasTable.Collision) {
    if let only = catalogs.first, catalogs.count == 1 {
      self = only
      return
    }
    try self.init(
      catalogs.flatMap(\.entries), tombstones: catalogs.flatMap(\.tombstones),
      reservations: catalogs.flatMap(\.reservations))
  }

  /// A catalog that is packed at run time. What is allocated here stays for the life of the process, because the
  /// server's threads read it without asking.
  package init(
    _ entries: [CatalogEntry], tombstones: [Tombstone] = [], reservations: [SlugReservation] = []
  ) throws(AliasTable.Collision) {
    let packed = Array(try PackedCatalog(entries, tombstones: tombstones, reservations: reservations).text.utf8)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: packed.count, alignment: 16)
    memory.copyBytes(from: packed)
    self.init(bytes: UnsafeRawBufferPointer(memory))
  }
}
