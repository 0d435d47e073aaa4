// The words of the catalog that a flow in Swift is written with, for who imports this module alone.

@_exported public import struct ZerverCatalog.Alias
@_exported public import struct ZerverCatalog.CalendarDate
@_exported public import enum ZerverCatalog.FlowMethod
@_exported public import struct ZerverCatalog.FlowProfile
@_exported public import struct ZerverCatalog.FlowVersion
@_exported public import struct ZerverCatalog.Idempotency
@_exported public import struct ZerverCatalog.Requirement
@_exported public import enum ZerverCatalog.TenantScope
