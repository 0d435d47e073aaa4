import FlowLanguage
import Foundation
import Testing

@testable import FlowTools

@Suite("OpenAPI documents")
struct OpenAPITests {
  static let folder = "Tests/FlowToolsTests/Documents/Golden"

  @Test("the reference shop's document is the committed one")
  func shop() throws {
    let document = OpenAPIEmitter.document(ReferenceShop.catalog, .init(title: "Reference shop"))
    try Golden(path: "\(Self.folder)/shop.openapi.json").expect(document.text)
  }

  @Test("a catalog with every construct gives the committed document")
  func everything() throws {
    let options = OpenAPIEmitter.Options(title: "Every construct", version: "7", description: "All of it.", servers: ["https://example.com"])
    try Golden(path: "\(Self.folder)/every.openapi.json").expect(OpenAPIEmitter.document(EveryConstruct.catalog, options).text)
  }

  @Test("a validator of the OpenAPI Initiative's schema accepts the documents", arguments: ["shop", "every"])
  func valid(name: String) throws {
    let catalog = name == "shop" ? ReferenceShop.catalog : EveryConstruct.catalog
    try Tool.withFile("openapi.json", OpenAPIEmitter.document(catalog).text) { path in
      let (status, output) = try Tool.run(Tool.python, ["-m", "openapi_spec_validator", path])
      #expect(status == 0, "\(output)")
    }
  }

  @Test("the validator refuses a document that is none")
  func refuses() throws {
    var document = OpenAPIEmitter.document(EveryConstruct.catalog)
    document.add("paths", "nothing")
    try Tool.withFile("openapi.json", document.text) { path in
      let result = try Tool.run(Tool.python, ["-m", "openapi_spec_validator", path])
      #expect(result.status != 0)
    }
  }

  @Test("examples of requests and responses fit the schemas beside them")
  func examples() throws {
    let script = """
      import json, sys
      from jsonschema import Draft202012Validator
      document = json.load(open(sys.argv[1]))
      count = 0
      def media(node):
          if isinstance(node, dict):
              if "schema" in node and "examples" in node: yield node
              for value in node.values(): yield from media(value)
          elif isinstance(node, list):
              for value in node: yield from media(value)
      for node in media(document["paths"]):
          schema = {**document, "$ref": "#/unused", **node["schema"]}
          for example in node["examples"].values():
              Draft202012Validator(schema).validate(example["value"])
              count += 1
      print(count)
      """
    try Tool.withFile("openapi.json", OpenAPIEmitter.document(EveryConstruct.catalog).text) { path in
      let (status, output) = try Tool.run(Tool.python, ["-c", script, path])
      #expect(status == 0 && (Int(output.split(separator: "\n").last ?? "") ?? 0) >= 2, "\(output)")
    }
  }

  @Test("what is sensitive in an error is not promised to anybody")
  func sensitiveErrorField() {
    let problem = OpenAPIEmitter.document(EveryConstruct.catalog)["components"]?["schemas"]?["OutOfStockProblem"]
    #expect(problem?["properties"]?["sku"] != nil)
    #expect(problem?["properties"]?["card"] == nil)
  }

  @Test("a field of the path is not asked for in the body again")
  func boundPath() {
    let operation = OpenAPIEmitter.document(EveryConstruct.catalog)["paths"]?["/carts/{text}/order"]?["put"]
    let schema = operation?["requestBody"]?["content"]?["application/json"]?["schema"]
    #expect(schema?["properties"]?["name"] != nil)
    #expect(schema?["properties"]?["cart-id"] == nil)
  }
}
