import PackagePlugin

@main
struct RouteGenLint: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {}
}
