/// What a person sees in place of the page that was asked for.
package enum ErrorPage {
    /// - Parameters:
    ///   - title: what happened.
    ///   - detail: what to do.
    package static func render(_ frame: PageFrame, status: Int, title: String, detail: String) -> [UInt8] {
        frame.page(
            title: "\(status) \(title)", isLive: false,
            """
            <p>\(bdi: detail)</p>
            <p><a href="\(frame.link(""))">\(frame.words("Back to \"Now\"", "返回首页"))</a></p>
            """)
    }
}
