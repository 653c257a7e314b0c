import Model

/// What a person sees in place of the page that was asked for.
package enum ErrorPage {
    /// - Parameters:
    ///   - title: what happened.
    ///   - detail: what to do.
    ///   - chinese: the same in Chinese.
    package static func render(
        _ frame: PageFrame, status: Int, title: String, detail: String, chinese: String
    ) -> [UInt8] {
        frame.page(
            title: "\(status) \(frame.words(title, chineseTitle(status)))", isLive: false,
            """
            <p>\(bdi: frame.words(detail, chinese))</p>
            <p><a href="\(frame.link(""))">\(frame.words("Back to \"Now\"", "返回概览页"))</a></p>
            """)
    }

    /// What happened, for the statuses that this server uses.
    private static func chineseTitle(_ status: Int) -> String {
        switch status {
        case 400: "请求无效"
        case 401: "需要登录"
        case 404: "未找到"
        case 405: "不支持该请求方法"
        case 421: "主机名不匹配"
        case 431: "请求头过大"
        case 503: "暂时不可用"
        default: "出错"
        }
    }
}
