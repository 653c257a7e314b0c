import Model
import WebPage

/// `/api/v1/openapi.json`: what the API answers, as OpenAPI 3.1.
enum OpenAPI {
    /// - Parameter linkPath: what the path of every address begins with.
    static func document(linkPath: String) -> String {
        PageFile.apiDescription.replacing(#""url": "/""#, with: "\"url\": \(JSONValue.string(linkPath).text())")
    }
}
