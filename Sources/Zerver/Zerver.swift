// What an app imports. Every name is listed, so that what the modules have beside them stays theirs.

// A server and its settings.
@_exported public import struct ZerverServer.Server
@_exported public import class ZerverServer.RunningServer
@_exported public import struct ZerverServer.ServerConfiguration
@_exported public import enum ZerverServer.ProactorChoice
@_exported public import enum ZerverServer.RequestLogMode
@_exported public import struct ZerverServer.ServerError
@_exported public import struct ZerverConfiguration.ConfigurationFlag
@_exported public import struct ZerverConfiguration.ConfigurationError

// Who carries out effects.
@_exported public import struct ZerverServer.Capabilities
@_exported public import protocol ZerverServer.Capability
@_exported public import protocol ZerverServer.WorkerServices
@_exported public import protocol ZerverServer.Mailbox
@_exported public import struct ZerverServer.WatchID
@_exported public import struct ZerverServer.TimerID
@_exported public import class ZerverServer.SystemTime
@_exported public import class ZerverServer.SystemCrypto

// Databases.
@_exported public import struct ZerverDatabase.Database
@_exported public import struct ZerverDatabase.DatabaseLimits
@_exported public import struct ZerverDatabase.DatabaseURLError
@_exported public import enum ZerverDatabase.DatabaseAdmin
@_exported public import struct ZerverDatabase.DatabaseAdminError
