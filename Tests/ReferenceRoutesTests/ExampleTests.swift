import ReferenceRoutes
import Testing
import ZerverCore
import ZerverTesting

@Test(arguments: Routes.examples) func examples(_ example: FlowExample) throws { try example.run() }
