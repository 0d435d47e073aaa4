// The routes are the .flow files; RouteGen writes the Swift.
