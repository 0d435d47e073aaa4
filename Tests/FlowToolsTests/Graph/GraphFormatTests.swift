import FlowLanguage
import Foundation
import Testing
import ZerverCatalog

@testable import FlowTools

@Suite("Graphs as text")
struct GraphFormatTests {
  private let today = CalendarDate(unixSeconds: 1_800_000_000)

  @Test("a plan as Mermaid")
  func mermaid() throws {
    #expect(
      GraphFormat.mermaid.plan(of: try ReferenceCatalog.flow("v1/cancel-order")) == """
        flowchart TD
          n1(["POST /flow/v1/cancel-order<br/>input CancelRequest"])
          n2["order = load-order(input.order-id)<br/>needs db<br/>timeout 400ms<br/>retry 1 backoff 10ms..50ms"]
          n3["check-buyer(input, order)"]
          n4{"order.status is placed"}
          n5["returned = return-stock(order)<br/>needs db<br/>timeout 1s"]
          n6["queue-notice(order)<br/>needs db<br/>timeout 2s<br/>retry 3 backoff 50ms..1s<br/>detach"]
          n7["expect-cancelled(order)"]
          n8["done render-cancellation(order, returned)"]
          n9(["200 Cancellation"])
          n1 --> n2
          n2 --> n3
          n3 --> n4
          n4 -->|"yes"| n5
          n5 --> n6
          n4 -->|"no"| n7
          n6 --> n8
          n7 --> n8
          n8 --> n9
          classDef done stroke-width:3px
          class n8 done
          classDef dashed stroke-dasharray:4 3
          class n6 dashed

        """)
  }

  @Test("the catalog as DOT has owners, successors and aliases")
  func dot() throws {
    let text = GraphFormat.dot.catalog(try ReferenceCatalog.module().flows, on: today)
    #expect(text.hasPrefix("digraph \"catalog\" {\n"))
    #expect(text.contains("label=\"payments\""))
    #expect(text.contains("[label=\"v1/checkout-cart\\nPOST\\ndeprecated 2026-10-01\\nsunset 2027-04-01\", style=dashed];"))
    #expect(text.contains("[label=\"successor\"];"))
    #expect(text.contains("[label=\"serve\", style=dashed];"))
  }

  @Test("every graph of the shop is one connected text", arguments: GraphFormat.allCases)
  func everyFlow(format: GraphFormat) throws {
    for flow in try ReferenceCatalog.module().flows {
      let text = format.plan(of: flow)
      for use in flow.plan { if case .use(let use) = use { #expect(text.contains(use.step.name)) } }
    }
  }

  @Test("no node of a plan is left without a way to it")
  func connected() throws {
    for flow in try ReferenceCatalog.module().flows {
      let graph = PlanGraph.graph(of: flow)
      let targets = Set(graph.edges.map(\.to))
      #expect(graph.nodes.dropFirst().allSatisfy { targets.contains($0.id) }, "\(flow.entry.reference)")
    }
  }

  @Test("an SVG is well-formed XML that refers to nothing outside")
  func svg() throws {
    let module = try ReferenceCatalog.module()
    for text in [GraphFormat.svg.catalog(module.flows, on: today)] + module.flows.map(GraphFormat.svg.plan) {
      #expect(text.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
      #expect(!text.contains("href") && !text.contains("<script") && !text.contains("@import"))
      #expect(text.count { $0 == "<" } == text.count { $0 == ">" })
      #expect(text.contains("prefers-color-scheme: dark"))
    }
  }

  @Test("characters that mean something in a format are escaped")
  func escapes() {
    var graph = DirectedGraph(title: "a \"b\"")
    _ = graph.add(["x \"y\" <z> \\ #1;"], .box)
    #expect(MermaidRenderer.render(graph).contains("n1[\"x #34;y#34; #60;z#62; \\ #35;1;\"]"))
    #expect(DOTRenderer.render(graph).contains("n1 [label=\"x \\\"y\\\" <z> \\\\ #1;\"];"))
    var drawing = Drawing()
    drawing.text("a < b & c", x: 0, y: 0, .name)
    #expect(SVGRenderer.render(drawing, title: "t").contains(">a &lt; b &amp; c</text>"))
  }
}
