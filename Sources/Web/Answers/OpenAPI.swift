import WebPage

/// `/api/v1/openapi.json`: what the API answers, as OpenAPI 3.1.
enum OpenAPI {
    /// - Parameter basePath: what every address begins with; no character in it needs to be escaped in JSON.
    static func document(basePath: String) -> String {
        PageFile.apiDescription.replacing(#""url": "/""#, with: "\"url\": \"\(basePath)\"")
    }
}
